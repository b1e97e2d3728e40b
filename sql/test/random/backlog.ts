import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { act, type World } from './world.ts';

/** What is left to be delivered, by the engine's own account; the verdict is by ours. */
export function watchBacklog(world: World, until: () => boolean): Promise<void> {
  const step = async (session: Client): Promise<void> => {
    const { rows } = await session.query<{ left: bigint }>(
      `select sum(c.pending_events + pgque._pending_retries(s.subscription_id) + pgque._pending_retries(0))::int8 as left
       from pgque.queue q, pgque.get_consumer_info(q.queue_name) c, pgque.subscription s
       where q.queue_name = any ($1) and s.queue_id = q.queue_id and s.consumer_name = c.consumer_name`,
      [world.queues],
    );
    world.backlog = Number(rows[0]?.left);
    await delay(50);
  };
  return act(world, 'watcher', step, until);
}

/** Until nothing is left, or for half a minute nothing has moved. */
export async function untilDelivered(world: World): Promise<void> {
  // The first answer may be to a question asked before the last commit.
  for (let answers = 0; answers < 2; answers++) {
    world.backlog = Number.POSITIVE_INFINITY;
    while (world.backlog === Number.POSITIVE_INFINITY && world.violations.length === 0) await delay(10);
  }
  let least = world.backlog;
  for (let movedAt = Date.now(); world.backlog > 0 && world.violations.length === 0; await delay(50)) {
    if (world.backlog < least) [least, movedAt] = [world.backlog, Date.now()];
    if (Date.now() - movedAt > 30_000) world.violations.push(`${least} messages were not delivered at the end`);
  }
}
