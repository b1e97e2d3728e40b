import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Client } from 'pgque';
import { openPool } from './open-bench.ts';

const windowMs = 600;

/** What is handled per second, for a while, of a queue that has more than enough. */
export async function poolRate(client: Client, queue: string, threads: number): Promise<number> {
  const rate = new Rate(threads);
  const { pool } = openPool(client, queue, { threads, onResult: () => rate.note() });
  await pool.start();
  const result = await rate.measured;
  await pool.stop();
  return result;
}

/** The same of threads without a pool around them. */
export async function bareRate(threads: number): Promise<number> {
  const rate = new Rate(threads);
  const workers = Array.from({ length: threads }, () => new Worker(new URL('bare-burner.ts', import.meta.url)));
  for (const worker of workers) worker.on('message', () => rate.note());
  await Promise.all(workers.map((worker) => once(worker, 'online')));
  const result = await rate.measured;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return result;
}

/** Events per second between two of them that are a while apart, when some have gone by as a warm-up. */
class Rate {
  readonly #result = Promise.withResolvers<number>();
  #left: number;
  #begunAt = Number.NaN;
  #count = 0;

  constructor(threads: number) {
    this.#left = 5 * threads;
  }

  get measured(): Promise<number> {
    return this.#result.promise;
  }

  note(): void {
    this.#left -= 1;
    if (this.#left > 0) return;
    if (this.#left === 0) this.#begunAt = performance.now();
    else this.#count += 1;
    const elapsedMs = performance.now() - this.#begunAt;
    if (elapsedMs >= windowMs) this.#result.resolve((this.#count / elapsedMs) * 1000);
  }
}
