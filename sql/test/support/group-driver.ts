import { type Message, openQueue, type QueueDriver } from './queue-driver.ts';
import { rows } from './rows.ts';
import { scalar } from './scalar.ts';
import type { Session } from './session.ts';

/** A cooperative consumer of a queue, driven by hand. */
export class GroupDriver {
  readonly queue: QueueDriver;

  constructor(queue: QueueDriver) {
    this.queue = queue;
  }

  /** The same group with another session. */
  as(session: Session): GroupDriver {
    return new GroupDriver(this.queue.as(session));
  }

  register(member: string, convertNormal = false): Promise<number> {
    return scalar(this.queue.session, 'select pgque.register_subconsumer($1, $2, $3, $4)', [
      this.queue.name,
      this.queue.consumer,
      member,
      convertNormal,
    ]);
  }

  unregister(member: string, batchHandling = 0): Promise<number> {
    return scalar(this.queue.session, 'select pgque.unregister_subconsumer($1, $2, $3, $4)', [
      this.queue.name,
      this.queue.consumer,
      member,
      batchHandling,
    ]);
  }

  touch(member: string): Promise<number> {
    return scalar(this.queue.session, 'select pgque.touch_subconsumer($1, $2, $3)', [
      this.queue.name,
      this.queue.consumer,
      member,
    ]);
  }

  receive(member: string, maxReturn = 100, deadInterval: string | null = null): Promise<Message[]> {
    return rows(this.queue.session, 'select * from pgque.receive_coop($1, $2, $3, $4, $5)', [
      this.queue.name,
      this.queue.consumer,
      member,
      maxReturn,
      deadInterval,
    ]);
  }
}

/** A new queue of a random name, and a cooperative consumer of it with one member that is at rest. */
export async function openGroup(
  session: Session,
  options: Readonly<Record<string, unknown>> = {},
): Promise<GroupDriver> {
  const group = new GroupDriver((await openQueue(session, options)).as(session, 'group'));
  await group.register('first');
  return group;
}
