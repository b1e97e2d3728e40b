import { test } from 'vitest';
import { PoolError } from '../src/index.ts';
import { openBench, openPool } from './open-bench.ts';

const { client, openQueue } = await openBench();
const limits = { resourceLimits: { maxOldGenerationSizeMb: 24 } };
const timeout = { handlerTimeout: '500ms', abortGrace: '200ms' } as const;

/** What kills a thread, and the options that it takes. */
const deaths = {
  'process.exit(0)': {},
  'process.exit(7)': {},
  'an uncaught error': {},
  'an unhandled rejection': {},
  resourceLimits: limits,
  'an endless loop': timeout,
  'a handler that never ends': timeout,
} as const;

const everything = Object.entries(deaths).flatMap(([death, options]) =>
  [1, 4].map((concurrency) => ({ death, options, concurrency })),
);

test.concurrent.for(everything)(
  'a thread killed by $death, with a concurrency of $concurrency, costs its message one attempt and nothing else',
  { timeout: 60_000 },
  async ({ death, options, concurrency }, { expect }) => {
    const queue = `${death} ${concurrency}`;
    const events = Array.from({ length: 40 }, (_, index) => ({ type: index === 20 ? death : 'fine', payload: index }));
    await openQueue(queue, events);
    const errors: unknown[] = [];
    const { pool, handled } = openPool(client, queue, {
      ...options,
      concurrency,
      retry: (_attempt, error) => {
        errors.push(error);
        return { afterMs: 0 };
      },
    });
    await pool.start();
    await expect.poll(() => pool.health(), { timeout: 30_000 }).toMatchObject({ acked: 40, retried: 1, dead: 0 });
    expect(errors).toEqual([expect.any(PoolError)]);
    expect(handled.map(({ message }) => message.payload).sort(byValue)).toEqual(events.map(({ payload }) => payload));
    for (const { message } of handled) expect(message.retryCount).toBe(message.payload === 20 ? 1 : null);
    await expect.poll(() => pool.health().threads.map(({ state }) => state)).toEqual(['ready', 'ready']);
    await pool.stop();
  },
);

function byValue(one: unknown, other: unknown): number {
  return Number(one) - Number(other);
}
