// A process whose memory is measured while a pool in it handles messages. Its parent says where, and is told what it holds.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '@pgque/coop-pool';
import { withPool } from './thread-workloads.ts';

export interface MemorySample {
  readonly handled: number;
  /** MiB that a collection leaves. */
  readonly heap: number;
  /** MiB of the process. */
  readonly rss: number;
}

const samples = 10;
const stallMs = 60_000;

process.once('message', (order: { readonly url: string; readonly count: number }) => {
  run(order).then(
    () => process.disconnect(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

/** Gives up when nothing is acknowledged any more. */
async function reach(pool: Pool, wanted: number): Promise<void> {
  let last = { acked: -1, at: performance.now() };
  for (let acked = 0; acked < wanted; ) {
    await sleep(50);
    acked = pool.health().acked;
    if (acked > last.acked) last = { acked, at: performance.now() };
    if (performance.now() - last.at > stallMs) throw new Error(`${acked} of ${wanted} were acknowledged`);
  }
}

async function run({ url, count }: { readonly url: string; readonly count: number }): Promise<void> {
  const settings = { type: 'nothing', threads: 2, concurrency: 8, maxMessages: 1000 };
  await withPool(url, count, settings, async (pool) => {
    await pool.start();
    for (let wanted = count / samples; wanted <= count; wanted += count / samples) {
      await reach(pool, wanted);
      globalThis.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      const sample: MemorySample = { handled: wanted, heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 };
      process.send?.(sample);
    }
  });
}
