import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';

interface Activity {
  readonly state: string | null;
  readonly wait_event: string | null;
  readonly query: string;
  readonly is_blocked: boolean;
}

const activityQuery = `
  select state, wait_event, query,
         wait_event_type = 'Lock' and cardinality(pg_blocking_pids(pid)) > 0 as is_blocked
  from pg_stat_activity
  where pid = $1`;

/**
 * Waits until the backend `pid` waits for a lock that another session holds: the point at which a test of two sessions
 * may let the other one go on. Takes a connection of a third session to look from.
 */
export async function waitUntilBlocked(observer: Client, pid: number, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const { rows } = await observer.query<Activity>(activityQuery, [pid]);
    const [activity] = rows;
    if (activity?.is_blocked) return;
    if (performance.now() > deadline) throw new Error(`backend ${pid} waits for no lock: ${describe(activity)}`);
    await delay(5);
  }
}

function describe(activity: Activity | undefined): string {
  if (!activity) return 'it is gone';
  return `it is ${activity.state ?? 'unknown'} (${activity.wait_event ?? 'no wait'}) with "${activity.query}"`;
}
