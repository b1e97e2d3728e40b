import { type GroupDriver, openGroup } from './group-driver.ts';
import { passTime } from './pass-time.ts';
import { openQueue, type QueueDriver } from './queue-driver.ts';
import { rows } from './rows.ts';
import { scalar } from './scalar.ts';
import type { Session } from './session.ts';

/** A row of pgque.gap. */
export interface Gap {
  consumer_name: string;
  tick_id: bigint;
  next_tick_id: bigint;
  events: bigint;
}

/** Of a queue that moves consumers which are an hour behind, and rotates whenever it is asked to. */
const options = { max_consumer_lag: '1 hour', rotation_period: '1 millisecond' };

export function openQueueWithLimit(session: Session): Promise<QueueDriver> {
  return openQueue(session, options);
}

/** The same with a cooperative consumer only. */
export async function openGroupWithLimit(session: Session): Promise<GroupDriver> {
  const group = await openGroup(session, options);
  await rows(session, `select pgque.unsubscribe($1, 'reader')`, [group.queue.name]);
  return group;
}

/** Makes everything two hours older: whoever has not passed what is there is too far behind from now on. */
export function fallBehind(session: Session): Promise<void> {
  return passTime(session, '2 hours');
}

/** So many calls of maint(), each with something to rotate for: enough to empty every slot that may be emptied. */
export async function maintain(queue: QueueDriver, calls = 12): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    await rows(queue.session, 'select pgque.force_next_tick($1)', [queue.name]);
    await rows(queue.session, 'select pgque.maint()');
  }
}

export function gaps(queue: QueueDriver): Promise<Gap[]> {
  return rows<Gap>(
    queue.session,
    `select g.consumer_name, g.tick_id, g.next_tick_id, g.events
     from pgque.gap g join pgque.queue q on q.queue_id = g.queue_id
     where q.queue_name = $1 order by g.moved_at`,
    [queue.name],
  );
}

/** How many rows the event log of a queue has. */
export function storedEvents(queue: QueueDriver): Promise<bigint> {
  return scalar(
    queue.session,
    'select count(*) from pgque.event e join pgque.queue q on q.log_id = e.log_id where q.queue_name = $1',
    [queue.name],
  );
}
