// What users of thread pools take for granted, and where pools of others have failed them, each by its sentence.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { never } from '@pgque/consumer';
import { test } from 'vitest';
import { PoolError } from '../../src/index.ts';
import { handlersFile, openBench, openPool } from '../open-bench.ts';

const bench = await openBench();
const { client, openQueue } = bench;
const patience = { timeout: 20_000 };
const fine = { type: 'fine' };

function times(count: number): { type: string; payload: number }[] {
  return Array.from({ length: count }, (_, payload) => ({ ...fine, payload }));
}

/** Numbers that threads and test share: closed, ended from within, started, rounds of what never ends. */
function sharedCounts(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(16));
}

const broken = ['broken-throws.ts', 'broken-exits.ts', 'broken-empty.ts', 'missing.ts'];

test.concurrent(
  'Every submitted task settles, whatever kills the worker (incl. `process.exit(0)`)',
  patience,
  async ({ expect }) => {
    await openQueue('settles', [{ type: 'process.exit(0)' }, fine, { type: 'an uncaught error' }, fine]);
    const { pool, handled } = openPool(client, 'settles', { threads: 1 });
    await pool.start();
    await expect.poll(() => pool.health(), patience).toMatchObject({ acked: 4, retried: 2, dead: 0 });
    expect(handled.length).toBe(4);
    expect(await client.inFlight('settles')).toEqual([]);
  },
);

test.concurrent(
  'A dead worker is replaced; pool can never be "active with zero workers"',
  patience,
  async ({ expect }) => {
    await openQueue('replaced', [{ type: 'process.exit(7)' }, fine]);
    const { pool } = openPool(client, 'replaced', { threads: 1 });
    await pool.start();
    const [{ threadId } = expect.fail()] = pool.health().threads;
    await expect
      .poll(() => pool.health(), { interval: 1 })
      .toMatchObject({
        isHealthy: false,
        threads: [{ deaths: 1, threadId: null, lastError: expect.any(PoolError) }],
      });
    await expect.poll(() => pool.health(), patience).toMatchObject({ isHealthy: true, acked: 2 });
    expect(pool.health().threads[0]?.threadId).not.toBe(threadId);
  },
);

test.concurrent('A worker that fails to *load* fails tasks and stops respawning', patience, async ({ expect }) => {
  await openQueue('unloadable', [fine]);
  for (const file of broken) {
    const { pool } = openPool(client, 'unloadable', { handlers: handlersFile(file), threads: 8 });
    const error = await pool.run().catch((reason: unknown) => reason);
    expect(String(error), file).toMatch(/are broken|exit.* 3|code 3|no handlers in|Cannot find module/);
    expect(pool.health(), file).toMatchObject({ state: 'failed', isHealthy: false, lastError: error });
    // The seven others never started one.
    expect(pool.health().threads.map(({ state }) => state)).toEqual(['failed', ...Array(7).fill('closed')]);
  }
  // Nothing was taken.
  expect(await client.inFlight('unloadable')).toEqual([]);
});

test.concurrent('a broken handlers file fails the pool in seconds with its error', patience, async ({ expect }) => {
  await openQueue('broken');
  const { pool } = openPool(client, 'broken', { handlers: handlersFile('broken-throws.ts') });
  const startedAt = performance.now();
  await expect(pool.start()).rejects.toThrow(new TypeError('the handlers are broken'));
  expect(performance.now() - startedAt).toBeLessThan(5000);
  const hangs = openPool(client, 'broken', { handlers: handlersFile('broken-hangs.ts'), loadTimeout: '200ms' }).pool;
  await expect(hangs.start()).rejects.toMatchObject({ code: 'handlers_not_loaded' });
});

test.concurrent('Idle worker errors do not crash the host', patience, async ({ expect }) => {
  await openQueue('idle');
  const { pool } = openPool(client, 'idle', {
    handlers: handlersFile('idle-error.ts'),
    workerData: sharedCounts(),
  });
  await pool.start();
  await expect.poll(() => pool.health().threads.reduce((sum, { deaths }) => sum + deaths, 0), patience).toBe(1);
  await client.send('idle', { type: 'anything', payload: 1 });
  await expect.poll(() => pool.health(), patience).toMatchObject({ isHealthy: true, acked: 1 });
  expect(bench.warnings).toContainEqual({
    message: 'a thread has died; another takes its place',
    details: expect.objectContaining({
      error: expect.objectContaining({ message: expect.stringContaining('in the background') }),
    }),
  });
});

test.concurrent('Recycle after N tasks / memory limit', patience, async ({ expect }) => {
  await openQueue('recycled', times(30));
  const counts = sharedCounts();
  const { pool, handled } = openPool(client, 'recycled', {
    handlers: handlersFile('leaving.ts'),
    threads: 1,
    recycleAfter: 10,
    workerData: counts,
  });
  expect(await pool.drain()).toBe(30);
  // What each thread counted: it begins anew.
  expect(handled.map(({ result }) => result)).toEqual([1, 2, 3].flatMap(() => times(10).map((_, index) => index + 1)));
  const [closed = 0, , started = 0] = counts;
  expect(started).toBeGreaterThanOrEqual(3);
  expect(closed).toBe(started);
  expect(pool.health()).toMatchObject({ threads: [{ deaths: 0 }] });
});

test.concurrent('Evicted workers are really terminated', patience, async ({ expect }) => {
  await openQueue('evicted', [{ type: 'an endless loop' }, { type: 'a handler that never ends' }]);
  const counts = sharedCounts();
  const { pool } = openPool(client, 'evicted', {
    handlers: handlersFile('leaving.ts'),
    workerData: counts,
    handlerTimeout: '300ms',
    abortGrace: '100ms',
    retry: never(),
  });
  expect(await pool.drain()).toBe(2);
  expect(pool.health()).toMatchObject({ dead: 2 });
  // Both went on and on, until their threads were gone.
  const [, , , rounds] = counts;
  expect(rounds).toBeGreaterThan(0);
  await delay(100);
  expect(counts[3]).toBe(rounds);
});

test.concurrent('Memory cap per worker', patience, async ({ expect }) => {
  await openQueue('capped', [{ type: 'resourceLimits' }, fine]);
  const { pool } = openPool(client, 'capped', { threads: 1, resourceLimits: { maxOldGenerationSizeMb: 24 } });
  await pool.start();
  await expect
    .poll(() => pool.health(), patience)
    .toMatchObject({
      acked: 2,
      retried: 1,
      threads: [{ lastError: { cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } } }],
    });
});

test.concurrent('Drain on close, bounded, then abort; `asyncDispose`', patience, async ({ expect }) => {
  await openQueue('closed', [
    { type: 'wait', payload: { ms: 300 } },
    { type: 'wait', payload: { ms: 60_000 } },
  ]);
  const { pool, handled } = openPool(client, 'closed', { maxMessages: 1, stopTimeout: '2s' });
  const startedAt = performance.now();
  {
    await using disposed = pool;
    await disposed.start();
    await expect.poll(() => disposed.health().threads.map(({ running }) => running)).toEqual([1, 1]);
  }
  expect(performance.now() - startedAt).toBeLessThan(6000);
  // One was done in its time; the other was told to end, and comes again at once.
  expect(handled.length).toBe(1);
  expect(pool.health()).toMatchObject({ state: 'stopped', acked: 1, retried: 1 });
  expect(await client.inFlight('closed')).toEqual([]);
});

test.concurrent(
  'Cooperative exit before `terminate()`: native addons segfault the process',
  patience,
  async ({ expect }) => {
    await openQueue('cooperative', [fine, { type: 'an endless loop' }]);
    const counts = sharedCounts();
    const options = { handlers: handlersFile('leaving.ts'), workerData: counts, stopTimeout: '3s' } as const;
    const { pool } = openPool(client, 'cooperative', { ...options, threads: 2, maxMessages: 1 });
    await pool.start();
    await expect.poll(() => pool.health()).toMatchObject({ acked: 1 });
    await expect.poll(() => pool.health().threads.reduce((sum, { running }) => sum + running, 0)).toBe(1);
    await pool.stop();
    // One closed what it had opened and left by itself; the other could not be asked.
    expect([...counts]).toEqual([1, 1, 2, expect.any(Number)]);
  },
);

test.concurrent('Bad transfer list rejects that task only', patience, async ({ expect }) => {
  await openQueue('cloned', [{ type: 'a function' }, { type: 'payload', payload: 1 }, { type: 'payload', payload: 2 }]);
  const errors: unknown[] = [];
  const { pool, handled } = openPool(client, 'cloned', {
    handlers: handlersFile('returning.ts'),
    threads: 1,
    retry: (_attempt, error) => {
      errors.push(error);
      return 'dead';
    },
  });
  expect(await pool.drain()).toBe(3);
  expect(handled.map(({ result }) => result)).toEqual([1, 2]);
  expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('could not be cloned') })]);
  expect(pool.health()).toMatchObject({ acked: 2, dead: 1, threads: [{ deaths: 0 }] });
});

test.concurrent('ESM and TypeScript entry files', patience, async ({ expect }) => {
  await openQueue('entries');
  for (const file of ['plain.mjs', 'recording.ts']) {
    await client.send('entries', { type: 'anything', payload: file });
    const { pool, handled } = openPool(client, 'entries', { handlers: handlersFile(file) });
    await pool.start();
    await expect.poll(() => handled.map(({ message }) => message.payload), patience).toEqual([file]);
    await pool.stop();
  }
});

test.concurrent('DI not available in the worker, said clearly', async ({ expect }) => {
  for (const file of ['../../README.md', '../../../../docs/worker-threads.md']) {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    expect(text).toMatch(/container[^.]*\bparent\b/i);
  }
});

test.concurrent('a blocked or dead thread cannot lose a lease', patience, async ({ expect }) => {
  await openQueue('leased', [{ type: 'an endless loop' }]);
  const options = { deadInterval: '600ms', handlerTimeout: '2500ms', abortGrace: '100ms' } as const;
  const first = openPool(client, 'leased', { ...options, threads: 1 });
  const second = openPool(client, 'leased', { ...options, threads: 1 });
  await first.pool.start();
  await expect.poll(() => first.pool.health().threads[0]?.running).toBe(1);
  await second.pool.start();
  // Nobody else gets it while the thread is blocked, for four times the interval; then it comes back by itself.
  await expect.poll(() => first.pool.health(), { ...patience, interval: 5 }).toMatchObject({ retried: 1 });
  expect(second.handled).toEqual([]);
  await expect.poll(() => first.handled.length + second.handled.length, patience).toBe(1);
});

test.concurrent(
  "One subconsumer per slot with a stable name; a slot's batch is released, not abandoned, on exit",
  patience,
  async ({ expect }) => {
    await openQueue('named', [{ type: 'process.exit(0)' }, ...times(5)]);
    const { pool } = openPool(client, 'named', { member: 'host', threads: 2 });
    const members = async () => (await client.consumerStats('named')).map(({ consumer }) => consumer).sort();
    await pool.start();
    expect(await members()).toEqual(['worker', 'worker.host-1', 'worker.host-2']);
    await expect.poll(() => pool.health(), patience).toMatchObject({ acked: 6, retried: 1 });
    expect(await members()).toEqual(['worker', 'worker.host-1', 'worker.host-2']);
    await client.send('named', { type: 'a handler that never ends', payload: null });
    await expect.poll(() => pool.health().threads.some(({ running }) => running > 0), patience).toBe(true);
    await pool.stop({ timeout: '1s' });
    expect(await members()).toEqual(['worker']);
    expect(await client.inFlight('named')).toEqual([]);
    const next = openPool(client, 'named');
    await next.pool.start();
    await expect.poll(() => next.handled.map(({ message }) => message.retryCount), patience).toEqual([1]);
  },
);
