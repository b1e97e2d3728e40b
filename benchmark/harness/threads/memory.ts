import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '@pgque/coop-pool';

export interface MemorySample {
  readonly handled: number;
  readonly heapMiB: number;
  readonly rssMiB: number;
}

/** What this process holds while a pool handles so many messages, at ten points. The heap is what a collection leaves. */
export async function measureMemory(pool: Pool, count: number): Promise<readonly MemorySample[]> {
  const collect = globalThis.gc;
  if (!collect) throw new Error('run it with --expose-gc');
  const samples: MemorySample[] = [];
  await pool.start();
  for (let wanted = count / 10; wanted <= count; wanted += count / 10) {
    while (pool.health().acked < wanted) await sleep(50);
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    samples.push({ handled: pool.health().acked, heapMiB: heapUsed / 2 ** 20, rssMiB: rss / 2 ** 20 });
  }
  return samples;
}
