import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, QueueNotFoundError } from 'pgque';
import { afterAll, expect, test } from 'vitest';
import { createPool, PoolError } from '../src/index.ts';
import { handlersFile, openBench, openPool } from './open-bench.ts';

const { url, client, openQueue } = await openBench();
const workplace = await mkdtemp(fileURLToPath(new URL('broken-', import.meta.url)));
afterAll(() => rm(workplace, { recursive: true }));

test('a pool is started once', async () => {
  await openQueue('once');
  const { pool } = openPool(client, 'once');
  await pool.start();
  await expect(pool.run()).rejects.toMatchObject({ code: 'already_started' });
  await pool.stop();
  await expect(pool.start()).rejects.toThrow(PoolError);
});

test('a pool that was never started stops at once', async () => {
  const { pool } = openPool(client, 'never started');
  await pool.stop();
  expect(pool.health()).toMatchObject({ state: 'stopped', isHealthy: false });
});

test('a start is refused by what no retry will change, and nothing stays', async () => {
  const { pool } = openPool(client, 'no such queue');
  await expect(pool.start()).rejects.toThrow(QueueNotFoundError);
  const { state, threads } = pool.health();
  expect([state, ...threads.map((thread) => thread.state)]).toEqual(['failed', 'closed', 'closed']);
});

test.each([
  ['threads', { threads: 0 }],
  ['recycleAfter', { recycleAfter: 1.5 }],
  ['handlers', { handlers: 'relative.js' }],
] as const)('%s are checked', (_option, wrong) => {
  const options = { queue: 'q', name: 'worker', handlers: handlersFile('acting.ts') };
  expect(() => createPool(client, { ...options, ...wrong })).toThrow(
    expect.objectContaining({ code: 'invalid_argument' }),
  );
});

test('the signal of run() stops it, also while it starts', async () => {
  await openQueue('signalled');
  const stopping = new AbortController();
  const { pool } = openPool(client, 'signalled');
  const running = pool.run(stopping);
  await expect.poll(() => pool.health().isHealthy).toBe(true);
  stopping.abort();
  await running;
  const early = new AbortController();
  const { pool: starting } = openPool(client, 'signalled');
  const started = starting.run(early);
  early.abort();
  await started;
  expect([pool, starting].map((each) => each.health().state)).toEqual(['stopped', 'stopped']);
});

test('a stop holds its bound when a handler blocks its thread, and its message comes again', async () => {
  await openQueue('blocked', [{ type: 'an endless loop' }]);
  const { pool } = openPool(client, 'blocked', { threads: 1 });
  await pool.start();
  await expect.poll(() => pool.health().threads[0]?.running).toBe(1);
  const startedAt = performance.now();
  await pool.stop({ timeout: '2s' });
  expect(performance.now() - startedAt).toBeLessThan(3500);
  expect(pool.health()).toMatchObject({ state: 'stopped', retried: 1, threads: [{ state: 'closed', threadId: null }] });
});

test('a handler hears at its timeout that it is to end, and then its thread goes on', async () => {
  await openQueue('late', [{ type: 'a handler that ends late' }, { type: 'fine' }]);
  const { pool, handled } = openPool(client, 'late', { threads: 1, handlerTimeout: '200ms', abortGrace: '20s' });
  await pool.start();
  await expect.poll(() => pool.health()).toMatchObject({ acked: 2, retried: 1, threads: [{ deaths: 0 }] });
  expect(new Set(handled.map(({ result }) => result)).size).toBe(1);
});

test('a handler that ends in its time is done, also when the parent was blocked meanwhile', async () => {
  await openQueue('busy', [{ type: 'wait', payload: { ms: 50 } }]);
  const { pool } = openPool(client, 'busy', { threads: 1, handlerTimeout: '400ms' });
  await pool.start();
  await expect.poll(() => pool.health().threads[0]?.running, { interval: 1 }).toBe(1);
  // After an immediate come the timers that are due, and only then what other threads have said.
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      for (const endsAt = performance.now() + 1000; performance.now() < endsAt; );
      resolve();
    });
  });
  await expect.poll(() => pool.health()).toMatchObject({ acked: 1, retried: 0 });
});

test('a drain that takes too long says so, and ends the pool', async () => {
  await openQueue('endless', [{ type: 'wait', payload: { ms: 60_000 } }]);
  const { pool } = openPool(client, 'endless');
  await expect(pool.drain('300ms')).rejects.toMatchObject({ code: 'drain_timeout' });
  expect(pool.health()).toMatchObject({ state: 'stopped', retried: 1 });
});

test('a type that is the name of something that objects inherit goes to its handler, or to none', async () => {
  await openQueue('inherited', [{ type: 'constructor', payload: 1 }]);
  const { pool, handled } = openPool(client, 'inherited', { handlers: handlersFile('recording.ts') });
  expect(await pool.drain()).toBe(1);
  expect(handled.map(({ result }) => result)).toEqual([{ threadId: expect.any(Number), payload: 1 }]);
});

test('a file that breaks while the pool works fails it when a thread is replaced, and what it had comes again', async () => {
  const file = join(workplace, 'handlers.mjs');
  writeFileSync(file, 'export const handlers = { handlers: { "*": (message) => message.payload } };');
  await openQueue(
    'breaking',
    Array.from({ length: 50 }, (_, payload) => ({ type: 'any', payload })),
  );
  const { pool, handled } = openPool(client, 'breaking', { handlers: file, threads: 1, recycleAfter: 10 });
  await pool.start();
  writeFileSync(file, 'throw new RangeError("broken by a deployment");');
  await expect.poll(() => pool.health().state).toBe('failed');
  expect(pool.health()).toMatchObject({ isHealthy: false, lastError: new RangeError('broken by a deployment') });
  await pool.stop();
  const next = openPool(client, 'breaking', { handlers: handlersFile('recording.ts') });
  await next.pool.start();
  await expect.poll(() => handled.length + next.handled.length).toBe(50);
  const payloads = [...handled, ...next.handled].map(({ message }) => message.payload);
  expect(new Set(payloads).size).toBe(50);
});

test('run() rejects when the handlers cannot be loaded any more', async () => {
  const file = join(workplace, 'fatal.mjs');
  writeFileSync(file, 'export const handlers = { handlers: { "*": () => process.exit(1) } };');
  await openQueue('fatal');
  const { pool } = openPool(client, 'fatal', { handlers: file });
  const running = pool.run();
  await expect.poll(() => pool.health().state).toBe('working');
  writeFileSync(file, 'throw new RangeError("broken by a deployment");');
  await client.send('fatal', { type: 'any', payload: 1 });
  await expect(running).rejects.toThrow('broken by a deployment');
});

test('a pool ends with its client', async () => {
  await openQueue('closing');
  const own = await connect({ url, logger: { debug() {}, info() {}, warn() {}, error() {} } });
  const { pool } = openPool(own, 'closing');
  const running = pool.run();
  await expect.poll(() => pool.health().isHealthy).toBe(true);
  await own.close();
  await running;
  expect(pool.health()).toMatchObject({ state: 'stopped', threads: [{ state: 'closed' }, { state: 'closed' }] });
});
