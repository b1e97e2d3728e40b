import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '@pgque/coop-pool';

const warmUpMs = 1000;

/** Messages per second, in so many seconds after a warm-up; `handled` counts them. */
export async function measureRate(pool: Pool, seconds: number, handled: () => number): Promise<number> {
  await pool.start();
  await sleep(warmUpMs);
  const before = handled();
  const startedAt = performance.now();
  await sleep(seconds * 1000);
  return ((handled() - before) / (performance.now() - startedAt)) * 1000;
}
