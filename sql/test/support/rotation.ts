import type { QueueDriver } from './queue-driver.ts';
import { rows } from './rows.ts';
import { scalar } from './scalar.ts';
import type { Session } from './session.ts';

/** Lets every shared log rotate whenever maint() is called, and makes the queue do so too. */
export async function rotateAtOnce(queue: QueueDriver): Promise<void> {
  await queue.configure('rotation_period', '1 millisecond');
  await rows(queue.session, `update pgque.config set log_rotation_period = '1 millisecond', log_rotation_bytes = 1`);
}

/** The generation of a queue's event log. */
export function eventGeneration(session: Session, queueName: string): Promise<bigint> {
  return scalar(session, 'select pg_sequence_last_value(generation_seq) from pgque.queue where queue_name = $1', [
    queueName,
  ]);
}

export interface SharedGenerations {
  tick: bigint;
  cursor: bigint;
  later: bigint;
}

/** The generations of the shared logs. */
export async function sharedGenerations(session: Session): Promise<SharedGenerations> {
  const [generations] = await rows<SharedGenerations>(
    session,
    `select pg_sequence_last_value('pgque.tick_generation') as tick,
       pg_sequence_last_value('pgque.cursor_generation') as cursor,
       pg_sequence_last_value('pgque.later_generation') as later`,
  );
  if (!generations) throw new Error('the shared logs have no generations');
  return generations;
}

/** Calls maint() until this holds; each call moves each log by one phase, so that a handful must do. */
export async function maintainUntil(
  session: Session,
  what: string,
  isReached: () => Promise<boolean>,
  maxCalls = 60,
): Promise<void> {
  for (let call = 0; call < maxCalls; call += 1) {
    if (await isReached()) return;
    await rows(session, 'select pgque.maint()');
  }
  if (!(await isReached())) throw new Error(`not reached within ${maxCalls} calls of maint(): ${what}`);
}

/**
 * Rotates a queue's event log by so many generations. A log at rest does not rotate, so its sequence is moved between the
 * calls; the consumers must keep up by themselves.
 */
export async function rotateEventLog(queue: QueueDriver, generations = 1): Promise<void> {
  const target = (await eventGeneration(queue.session, queue.name)) + BigInt(generations);
  await maintainUntil(queue.session, `generation ${target} of ${queue.name}`, async () => {
    await rows(queue.session, 'select pgque.force_next_tick($1)', [queue.name]);
    return (await eventGeneration(queue.session, queue.name)) >= target;
  });
}
