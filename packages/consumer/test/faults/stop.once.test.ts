import { openProxy } from '@pgque/testing';
import { type Client, connect } from 'pgque';
import { type ExpectStatic, test } from 'vitest';
import { type Consumer, type ConsumerOptions, createConsumer, createTicker } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { openBench, openQueue, tick } from '../open-bench.ts';
import { Worker } from './start-worker.ts';
import type { WorkerConsumer, WorkerOptions } from './worker.ts';

const { database, client } = await openBench();
const log = new LogBook();

const kinds = {
  alone: { concurrency: 4 },
  shared: { members: 'auto', concurrency: 4 },
  exact: { mode: 'exactly-once' },
} as const satisfies Record<string, Partial<ConsumerOptions>>;
type Kind = keyof typeof kinds;
const each = test.concurrent.for(Object.keys(kinds) as Kind[]);

/** What a call that waits for the server without a bound of its own would take: 10 or 30 seconds. */
const boundMs = 5000;

async function took(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

/** What a client, and consumers on it, have open. */
async function sessions(name: string): Promise<unknown[]> {
  return await database.query('select state, query from pg_stat_activity where starts_with(application_name, $1)', [
    name,
  ]);
}

async function openClient(name: string, url = database.url): Promise<Client> {
  // Where the server is there, what is under way at the bound may still be told to it.
  const closeTimeoutMs = url === database.url ? 10_000 : 500;
  return await connect({ url, logger: log, applicationName: name, closeTimeoutMs });
}

function create(on: Client, queue: string, kind: Kind): Consumer<string, never> {
  return createConsumer(on, { queue, name: 'worker', ...kinds[kind] }) as never;
}

each('a stop (%s) finishes what runs, gives the rest back, and leaves nothing open', async (kind, { expect }) => {
  const queue = `finished ${kind}`;
  await openQueue(client, queue, [1, 2, 3, 4, 5, 6, 7, 8]);
  await using own = await openClient(queue);
  const running = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  const consumer = create(own, queue, kind).on('*', async ({ payload }, { signal }) => {
    running.resolve();
    await finish.promise;
    if (!signal.aborted) seen.push(payload);
  });
  await consumer.start();
  await running.promise;
  const stopped = consumer.stop();
  expect(consumer.health()).toMatchObject({ state: 'stopping', isHealthy: false });
  finish.resolve();
  await stopped;
  const begun = kind === 'exact' ? 1 : 4;
  expect(seen).toHaveLength(begun);
  expect(consumer.health()).toMatchObject({ state: 'stopped', acked: begun, retried: 8 - begun });
  expect(await client.consumerStats(queue)).toMatchObject([{ consumer: 'worker', batchId: null }]);
  await own.close();
  await expect.poll(() => sessions(queue)).toEqual([]);
});

each('a stop (%s) gives up a handler that hangs, and its message comes again', async (kind, { expect }) => {
  const queue = `hanging ${kind}`;
  await openQueue(client, queue, ['hangs']);
  await using own = await openClient(queue);
  const running = Promise.withResolvers<AbortSignal>();
  const consumer = create(own, queue, kind).on('*', async (_, { signal, tx }) => {
    running.resolve(signal);
    if (tx) await (tx as { query(text: string): Promise<void> }).query('select pg_sleep(600)');
    else await new Promise(() => {});
  });
  await consumer.start();
  const signal = await running.promise;
  expect(await took(consumer.stop({ timeout: '2s' }))).toBeLessThan(boundMs);
  expect(signal.aborted).toBe(true);
  // On a busy machine the last word to the server may come a moment after the bound.
  await expect.poll(() => client.consumerStats(queue)).toMatchObject([{ consumer: 'worker', batchId: null }]);
  await own.close();
  await expect.poll(() => sessions(queue)).toEqual([]);
  await tick(client, queue);
  expect(await client.receive(queue, 'worker')).toMatchObject([{ payload: 'hangs' }]);
});

each('a stop (%s) holds its bound when the server does not answer any more', async (kind, { expect }) => {
  const queue = `lost ${kind}`;
  await openQueue(client, queue, [1, 2, 3]);
  await using proxy = await openProxy(database.url);
  const own = await openClient(queue, proxy.url);
  const running = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const consumer = create(own, queue, kind).on('*', () => {
    running.resolve();
    return finish.promise;
  });
  await consumer.start();
  await running.promise;
  proxy.blackhole();
  const stopped = took(consumer.stop({ timeout: '1s' }));
  finish.resolve();
  expect(await stopped).toBeLessThan(boundMs);
  expect(consumer.health()).toMatchObject({ state: 'stopped', acked: 0 });
  await own.close();
});

each('a stop (%s) ends a start that gets no answer', async (kind, { expect }) => {
  const queue = `unanswered ${kind}`;
  await openQueue(client, queue, [1]);
  await using proxy = await openProxy(database.url);
  const own = await openClient(queue, proxy.url);
  const consumer = create(own, queue, kind).on('*', () => expect.fail());
  proxy.blackhole();
  const started = consumer.start();
  expect(await took(consumer.stop({ timeout: '500ms' }))).toBeLessThan(boundMs);
  await started;
  expect(consumer.health().state).toBe('stopped');
  await own.close();
});

each('a stop (%s) does not wait for a look at the queue that gets no answer', async (kind, { expect }) => {
  const queue = `looked at ${kind}`;
  await openQueue(client, queue);
  await using proxy = await openProxy(database.url);
  const own = await openClient(queue, proxy.url);
  const polls = { pollInterval: '50ms', idlePollInterval: '50ms' } as const;
  const consumer = createConsumer(own, { queue, name: 'worker', ...kinds[kind], ...polls }).on('*', () => {});
  await consumer.start();
  await expect.poll(() => consumer.health().state).toBe('waiting');
  proxy.blackhole();
  const silentMs = (): number => Date.now() - (consumer.health().lastAnswerAt?.getTime() ?? 0);
  await expect.poll(silentMs).toBeGreaterThan(500);
  expect(await took(consumer.stop({ timeout: '500ms' }))).toBeLessThan(boundMs);
  await own.close();
});

each('stopped twice (%s), while it waits, both calls wait for the one stop', async (kind, { expect }) => {
  const queue = `twice ${kind}`;
  await openQueue(client, queue);
  await using own = await openClient(queue);
  const consumer = create(own, queue, kind).on('*', () => {});
  const run = consumer.run();
  await expect.poll(() => consumer.health().state).toBe('waiting');
  const [first, second] = [consumer.stop(), consumer.stop({ timeout: '1ms' })];
  expect(await took(Promise.all([first, second, run]))).toBeLessThan(boundMs);
  expect(consumer.health().state).toBe('stopped');
  await expect(consumer.start()).rejects.toMatchObject({ code: 'already_started' });
});

test.concurrent('a consumer that was stopped before its start does not start', async ({ expect }) => {
  await openQueue(client, 'never', [1]);
  const consumer = create(client, 'never', 'alone').on('*', () => expect.fail());
  await consumer.stop();
  await expect(consumer.start()).rejects.toMatchObject({ code: 'already_started' });
});

test.concurrent('a signal that is aborted before the start keeps it from starting, one that is aborted later stops it', async ({
  expect,
}) => {
  await openQueue(client, 'signals', [1]);
  const idle = create(client, 'signals', 'alone').on('*', () => expect.fail());
  await idle.run({ signal: AbortSignal.abort() });
  expect(idle.health().state).toBe('idle');
  const stopping = new AbortController();
  const consumer = create(client, 'signals', 'alone').on('*', () => stopping.abort());
  await consumer.run({ signal: stopping.signal });
  expect(consumer.health()).toMatchObject({ state: 'stopped', acked: 1 });
});

test.concurrent('one that stands by stops at once; "await using" stops consumers and tickers', async ({ expect }) => {
  await openQueue(client, 'disposed', [1]);
  await using own = await openClient('disposed');
  let standby: Consumer<string, never>;
  {
    await using ticker = createTicker(own);
    await ticker.start();
    await using first = create(own, 'disposed', 'alone').on('*', () => {});
    await first.start();
    await expect.poll(() => first.health().acked).toBe(1);
    await using second = create(own, 'disposed', 'alone').on('*', () => expect.fail());
    await second.start();
    await expect.poll(() => second.health().state).toBe('standing-by');
    standby = second;
  }
  expect(standby.health().state).toBe('stopped');
  await own.close();
  await expect.poll(() => sessions('disposed')).toEqual([]);
});

each('a consumer (%s) and a ticker whose client is closed first end, and say why', async (kind, { expect }) => {
  const queue = `closed ${kind}`;
  await openQueue(client, queue, [1]);
  const own = await openClient(queue);
  const running = Promise.withResolvers<void>();
  const consumer = create(own, queue, kind).on('*', () => {
    running.resolve();
    return new Promise(() => {});
  });
  const waiting = createConsumer(own, { queue, name: 'idle', startAt: 'latest', ...kinds[kind] }).on('*', () => {});
  const ticker = createTicker(own);
  const all = [consumer, waiting, ticker];
  const runs = all.map((each) => each.run());
  await running.promise;
  await expect.poll(() => waiting.health().state).toBe('waiting');
  await expect.poll(() => ticker.health().isHealthy).toBe(true);
  expect(await took(own.close())).toBeLessThan(boundMs);
  await Promise.all(runs);
  for (const each of all) {
    expect(each.health()).toMatchObject({ state: 'stopped', lastError: { code: 'client_closed' } });
  }
  await expect.poll(() => sessions(queue)).toEqual([]);
});

test.concurrent('a ticker stops in its bound when the server does not answer any more', async ({ expect }) => {
  await using proxy = await openProxy(database.url);
  const own = await openClient('unled', proxy.url);
  const [leader, follower] = [createTicker(own), createTicker(own)];
  await leader.start();
  await follower.start();
  proxy.blackhole();
  const late = createTicker(own);
  const started = late.start();
  const all = [leader, follower, late].map((ticker) => ticker.stop({ timeout: '1s' }));
  expect(await took(Promise.all(all))).toBeLessThan(boundMs);
  await started;
  await own.close();
});

test.concurrent('a ticker stops in its bound while it waits for another session to move retries', async ({
  expect,
}) => {
  await openQueue(client, 'moved');
  await using own = await openClient('moved');
  const mover = await database.connect();
  await mover.query('begin; select pgque._lock_mover()');
  const ticker = createTicker(own);
  await ticker.start();
  await client.sendAt('moved', { payload: 1 }, { delayMs: 1 });
  const waiting = (): Promise<unknown[]> =>
    database.query(
      `select from pg_stat_activity
       where application_name = 'moved' and wait_event_type = 'Lock' and query like '%maint_retry_events%'`,
    );
  await expect.poll(waiting).toHaveLength(1);
  expect(await took(ticker.stop({ timeout: '500ms' }))).toBeLessThan(boundMs);
  await mover.query('rollback');
});

const all: readonly WorkerConsumer[] = Object.entries(kinds).map(([name, kind]) => ({
  name,
  ...kind,
  startAt: 'earliest',
}));

async function startWorker(queue: string, options: Partial<WorkerOptions> = {}): Promise<Worker> {
  await openQueue(client, queue, [1, 2, 3]);
  const { url } = database;
  return await Worker.start({ url, process: 'stopped', queue, consumers: all, ticks: true, stopMs: 1000, ...options });
}

async function expectCleanExit(worker: Worker, expect: ExpectStatic): Promise<void> {
  worker.signal('SIGTERM');
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  expect(worker.reports).toContainEqual({ kind: 'stopped', tookMs: expect.toSatisfy((ms) => ms < boundMs) });
  expect(worker.errors).toBe('');
}

test.concurrent('a process ends by itself when everything in it has been stopped', async ({ expect }) => {
  await expectCleanExit(await startWorker('clean'), expect);
});

test.concurrent('a process ends by itself though a handler hangs', async ({ expect }) => {
  const worker = await startWorker('stuck', { hangs: true });
  await worker.reported('handling');
  await expectCleanExit(worker, expect);
});

test.concurrent('a process ends by itself though the server does not answer any more', async ({ expect }) => {
  await using proxy = await openProxy(database.url);
  const worker = await startWorker('silent', { url: proxy.url });
  proxy.blackhole();
  await expectCleanExit(worker, expect);
});
