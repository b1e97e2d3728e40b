import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '@pgque/coop-pool';

const warmUpMs = 1000;

/** Messages per second, in so many seconds after a warm-up. */
export async function measureRate(pool: Pool, seconds: number): Promise<number> {
  await pool.start();
  await sleep(warmUpMs);
  const before = pool.health().acked;
  const startedAt = performance.now();
  await sleep(seconds * 1000);
  return ((pool.health().acked - before) / (performance.now() - startedAt)) * 1000;
}
