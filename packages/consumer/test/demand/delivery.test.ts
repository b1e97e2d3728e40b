// What users of other queues wish for, each by its sentence: how messages are delivered. The others are in the files beside
// this one, in footguns.test.ts what has hurt them. Not here, because another package gives it:
//
//   Nest module: async config incl. names, producer-only/worker-only roles, start after bootstrap       @pgque/nestjs
//   Nest enhancers with own context type; per-message DI scope, durable providers                      @pgque/nestjs
//   Nest 11 and 12, tested in Jest; Nest override of the test kit                                      @pgque/nestjs
//   Worker-thread pool with settle/replace/recycle/fail-fast guarantees                                @pgque/coop-pool
//   Thread pool and packaging traps (what has hurt)                                      @pgque/coop-pool, @pgque/nestjs
//   Proven cross-language parity (generated matrix) and a documented SQL contract                      conformance/, sql/
//   CLI and dashboard (queues, consumers, lag, DLQ actions); `doctor` as a command                     @pgque/cli
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { createConsumer, exponential, fixed, never } from '../../src/index.ts';
import { openBench, openQueue, passRetryDelay, tick } from '../open-bench.ts';
import { openWatchedClient } from './watched-client.ts';

const { database, client } = await openBench();
const watched = openWatchedClient(database.url);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('Ack can never cover undelivered events; bounded memory for any batch', async () => {
  await openQueue(client, 'covered', numbers(25));
  const [first] = await client.receive('covered', 'worker', 10);
  await client.ack(first?.batchId ?? 0n);
  const batches: unknown[][] = [];
  await createConsumer(client, { queue: 'covered', name: 'worker', maxMessages: 10 })
    .onBatch('*', (messages) => void batches.push(messages.map(({ payload }) => payload)))
    .drain();
  expect(batches).toEqual([numbers(25).slice(10, 20), numbers(25).slice(20)]);
});

test('Bounded graceful drain, AbortSignal per message, producing allowed while draining', async () => {
  await openQueue(client, 'stopped', ['finishes', 'endless', 'not started']);
  await openQueue(client, 'produced');
  const stopping = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const aborted: unknown[] = [];
  const consumer = createConsumer(client, { queue: 'stopped', name: 'worker', concurrency: 2 });
  consumer.on('*', async ({ payload }, { signal }) => {
    if (payload === 'endless') {
      started.resolve();
      await once(signal, 'abort');
      aborted.push(payload);
      await new Promise(() => {});
    }
    await stopping.promise;
    await client.send('produced', { payload });
  });
  await consumer.start();
  await started.promise;
  const startedAt = performance.now();
  const stopped = consumer.stop({ timeout: '1s' });
  stopping.resolve();
  await stopped;
  expect(performance.now() - startedAt).toBeLessThan(3000);
  expect(aborted).toEqual(['endless']);
  await tick(client, 'produced');
  expect(await client.receive('produced', 'worker')).toMatchObject([{ payload: 'finishes' }]);
  await passRetryDelay(client, 'stopped');
  const again = await client.receive('stopped', 'worker');
  expect(again.map(({ payload }) => payload).sort()).toEqual(['endless', 'not started']);
});

test('Per-message outcome in a batch; set-based nack', async () => {
  await openQueue(client, 'outcomes', numbers(100));
  const handled = await createConsumer(watched.client, { queue: 'outcomes', name: 'worker', retry: fixed('1m') })
    .onBatch('*', (messages) =>
      Promise.allSettled(messages.map(async ({ payload }) => (Number(payload) % 2 ? payload : Promise.reject('even')))),
    )
    .drain();
  expect(handled).toBe(100);
  expect(watched.calls.filter((name) => /ack|settle/.test(name))).toEqual(['settle']);
  await passRetryDelay(client, 'outcomes');
  const again = await client.receive('outcomes', 'worker');
  expect(again.map(({ payload }) => payload)).toEqual(numbers(100).filter((number) => number % 2 === 0));
});

test('Tick NOTIFY wakeup + verified poll fallback + drain through empty windows', async () => {
  await openQueue(client, 'woken');
  await client.subscribe('woken', 'deaf');
  for (let window = 0; window < 3; window += 1) await tick(client, 'woken');
  const options = { queue: 'woken', pollInterval: '1h', idlePollInterval: '1h' } as const;
  const heard = Promise.withResolvers<unknown>();
  const polled = Promise.withResolvers<unknown>();
  await using hearing = createConsumer(client, { ...options, name: 'worker' });
  await using deaf = createConsumer(watched.client, { ...options, name: 'deaf', pollInterval: '50ms' });
  await hearing.on('*', ({ payload }) => heard.resolve(payload)).start();
  await deaf.on('*', ({ payload }) => polled.resolve(payload)).start();
  await expect.poll(() => hearing.health()).toMatchObject({ state: 'waiting', isHearing: true });
  await expect.poll(() => deaf.health()).toMatchObject({ state: 'waiting', isHearing: false });
  await client.send('woken', { payload: 'wake up' });
  await tick(client, 'woken');
  expect(await heard.promise).toBe('wake up');
  expect(await polled.promise).toBe('wake up');
});

test('Retry with backoff and jitter per handler; DLQ inspect/redrive one, filtered, bulk, in my tx', async () => {
  const policy = exponential({ base: '1s' });
  const delays = numbers(20).map(() => policy(3, undefined) as { afterMs: number });
  for (const { afterMs } of delays) expect(afterMs).toSatisfy((ms: number) => ms >= 2000 && ms <= 4000);
  expect(new Set(delays.map(({ afterMs }) => afterMs)).size).toBeGreaterThan(1);

  await openQueue(client, 'dead', numbers(4), 'broken');
  await client.send('dead', { type: 'flaky', payload: 'later' });
  await tick(client, 'dead');
  const fail = (): never => {
    throw new Error('boom');
  };
  const consumer = createConsumer(client, { queue: 'dead', name: 'worker', retry: never() });
  await consumer.on('broken', fail).on('flaky', fail, { retry: policy }).drain();
  expect(consumer.health()).toMatchObject({ retried: 1, dead: 4 });

  const letters = await client.dlq.inspect('dead');
  expect(letters).toHaveLength(4);
  for (const letter of letters) expect(letter).toMatchObject({ type: 'broken', reason: 'boom' });
  const idOf = (payload: number) => letters.find((letter) => letter.payload === payload)?.deadLetterId ?? 0n;
  const changed = client.transaction(async (tx) => {
    await tx.dlq.replay(idOf(0));
    throw new Error('changed my mind');
  });
  await expect(changed).rejects.toThrow('changed my mind');
  await client.transaction((tx) => tx.dlq.replay(idOf(1)));
  const left = await client.dlq.inspect('dead');
  for (const { payload, deadLetterId } of left) if (payload === 3) await client.dlq.replay(deadLetterId);
  expect(await client.dlq.replayAll('dead')).toMatchObject({ replayed: 2, failed: 0 });
  await tick(client, 'dead');
  const redriven = await client.receive('dead', 'worker');
  expect(redriven.map(({ payload }) => payload)).toEqual(expect.arrayContaining(numbers(4)));
});

test('Ordered per key, parallel across keys', async () => {
  await openQueue(client, 'keys', ['a1', 'b1', 'a2', 'b2', 'a3']);
  const seen: string[] = [];
  let running = 0;
  let most = 0;
  const keyOf = ({ payload }: { payload: unknown }): unknown => String(payload)[0];
  await createConsumer(client, { queue: 'keys', name: 'worker', concurrency: 8, orderBy: keyOf })
    .on('*', async ({ payload }) => {
      running += 1;
      most = Math.max(most, running);
      // The earlier one of a key takes longer.
      for (let turns = Number(String(payload)[1]); turns < 5; turns += 1) await setImmediate();
      seen.push(String(payload));
      running -= 1;
    })
    .drain();
  expect(most).toBe(2);
  expect(seen.filter((payload) => payload.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  expect(seen.filter((payload) => payload.startsWith('b'))).toEqual(['b1', 'b2']);
});

test('Idempotent send; exactly-once consume in same-DB tx; dedup ledger across DBs', async () => {
  const other = await openTestDatabase({ engine: false });
  await database.query('create table requests (key text primary key); create table invoices (id integer)');
  await other.query('create table mails (msg_id bigint primary key)');
  await openQueue(client, 'once');
  await client.subscribe('once', 'mailer');
  const sendOnce = (key: string) =>
    client.transaction(async (tx) => {
      const [isNew] = await tx.query('insert into requests values ($1) on conflict do nothing returning key', [key]);
      if (isNew) await tx.send('once', { payload: 1 });
    });
  await Promise.all([sendOnce('request 1'), sendOnce('request 1')]);
  await sendOnce('request 1');
  await tick(client, 'once');

  const isFirst = ({ retryCount }: { retryCount: number | null }): boolean => retryCount === null;
  const billing = () =>
    createConsumer(client, { queue: 'once', name: 'worker', mode: 'exactly-once' }).on('*', async (message, { tx }) => {
      await tx.query('insert into invoices values ($1)', [message.payload]);
      if (isFirst(message)) throw new Error('after the effect');
    });
  const mailer = () =>
    createConsumer(client, { queue: 'once', name: 'mailer' }).on('*', async (message) => {
      await other.query('insert into mails values ($1) on conflict do nothing', [message.msgId]);
      if (isFirst(message)) throw new Error('after the effect');
    });
  for (const round of [1, 2]) {
    for (const consumer of [billing(), mailer()]) expect(await consumer.drain(), `round ${round}`).toBe(1);
    await passRetryDelay(client, 'once');
  }
  expect(await database.query('select id from invoices')).toEqual([{ id: 1 }]);
  expect(await other.query('select count(*) from mails')).toEqual([{ count: 1n }]);
});
