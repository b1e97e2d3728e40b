// A process whose memory is measured while a pool in it handles messages. Its parent says where, and is told what it holds.
import { setTimeout as sleep } from 'node:timers/promises';
import { withPool } from './thread-workloads.ts';

export interface MemorySample {
  readonly handled: number;
  /** MiB that a collection leaves. */
  readonly heap: number;
  /** MiB of the process. */
  readonly rss: number;
}

const samples = 10;

process.once('message', (order: { readonly url: string; readonly count: number }) => {
  run(order).then(
    () => process.disconnect(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run({ url, count }: { readonly url: string; readonly count: number }): Promise<void> {
  const settings = { type: 'nothing', threads: 2, concurrency: 8, maxMessages: 1000 };
  await withPool(url, count, settings, async (pool) => {
    await pool.start();
    for (let wanted = count / samples; wanted <= count; wanted += count / samples) {
      while (pool.health().acked < wanted) await sleep(50);
      globalThis.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      const sample: MemorySample = { handled: wanted, heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 };
      process.send?.(sample);
    }
  });
}
