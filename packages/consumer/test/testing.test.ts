import { type Message, QueueNotFoundError } from 'pgque';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createConsumer, fixed, never } from '../src/index.ts';
import { assertNotSent, assertSent, createFakeClient, drain, sentEvents, tick, waitFor } from '../src/testing/index.ts';
import { openBench } from './open-bench.ts';

const { client: real } = await openBench();

describe.each([
  ['a real database', () => real],
  ['a fake client', () => createFakeClient()],
])('the test kit with %s', (_name, open) => {
  test('drain() delivers what was sent, and what handlers have sent meanwhile', async () => {
    const client = open();
    await client.createQueue('chain');
    await client.subscribe('chain', 'worker');
    const seen: unknown[] = [];
    const makeConsumer = () =>
      createConsumer(client, { queue: 'chain', name: 'worker' }).on('*', async ({ payload }: Message) => {
        seen.push(payload);
        if (Number(payload) < 3) await client.send('chain', { payload: Number(payload) + 1 });
      });
    await client.send('chain', { payload: 1 });
    expect(await drain(client, () => [makeConsumer()])).toBe(3);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('drain() with includeDelayed passes the time of retries and delayed events', async () => {
    const client = open();
    await client.createQueue('delays');
    await client.subscribe('delays', 'worker');
    const attempts: [unknown, number | null][] = [];
    const makeConsumer = () =>
      createConsumer(client, { queue: 'delays', name: 'worker', retry: fixed('1h') }).on('*', (message) => {
        attempts.push([message.payload, message.retryCount]);
        if (message.payload === 'fails once' && message.retryCount === null) throw new Error('not yet');
      });
    await client.send('delays', { payload: 'fails once' });
    await client.sendAt('delays', { payload: 'tomorrow' }, { delayMs: 86_400_000 });
    expect(await drain(client, () => [makeConsumer()])).toBe(1);
    expect(await drain(client, () => [makeConsumer()], { includeDelayed: true })).toBe(2);
    expect(attempts[0]).toEqual(['fails once', null]);
    expect(attempts.slice(1)).toContainEqual(['fails once', 1]);
    expect(attempts.slice(1)).toContainEqual(['tomorrow', null]);
  });

  test('assertSent() finds an event by its type and part of its payload, and says what was sent instead', async () => {
    const client = open();
    await client.createQueue('asserted');
    await client.send('asserted', { type: 'order.created', payload: { id: 1, total: { amount: 5, currency: 'EUR' } } });
    await client.sendBatch('asserted', 'order.paid', [{ id: 1 }, { id: 2 }]);
    expect(await assertSent(client, 'asserted', { type: 'order.paid' })).toBe(2);
    expect(await assertSent(client, 'asserted', { payload: { total: { currency: 'EUR' } } })).toBe(1);
    await assertNotSent(client, 'asserted', { type: 'order.cancelled' });
    const actual = await sentEvents(client, 'asserted');
    await expect(assertSent(client, 'asserted', { payload: { id: 3 } })).rejects.toMatchObject({ actual });
    await expect(assertNotSent(client, 'asserted', { payload: { id: 2 } })).rejects.toThrow('1 such events');
    await expect(assertSent(client, 'no-such-queue')).rejects.toThrow(QueueNotFoundError);
  });

  test('a transaction that is rolled back has sent nothing', async () => {
    const client = open();
    await client.createQueue('rolled-back');
    const outcome = client.transaction(async (tx) => {
      await tx.send('rolled-back', { payload: 1 });
      throw new Error('changed my mind');
    });
    await expect(outcome).rejects.toThrow('changed my mind');
    expect(await sentEvents(client, 'rolled-back')).toEqual([]);
  });

  test('what never works ends in the dead letters', async () => {
    const client = open();
    await client.createQueue('dead');
    await client.subscribe('dead', 'worker');
    await client.send('dead', { payload: 'poison' });
    const makeConsumer = () =>
      createConsumer(client, { queue: 'dead', name: 'worker', retry: never() }).on('*', () => {
        throw new Error('no');
      });
    await drain(client, () => [makeConsumer()]);
    expect(await client.dlq.inspect('dead')).toMatchObject([{ payload: 'poison', reason: 'no', consumer: 'worker' }]);
  });

  test('each consumer sees each event, from where it has subscribed', async () => {
    const client = open();
    await client.createQueue('fan-out');
    await client.send('fan-out', { payload: 'before' });
    await tick(client);
    await client.subscribe('fan-out', 'late');
    await client.subscribe('fan-out', 'complete', 'earliest');
    await client.send('fan-out', { payload: 'after' });
    const seen: Record<string, unknown[]> = { late: [], complete: [] };
    await drain(client, () =>
      ['late', 'complete'].map((name) =>
        createConsumer(client, { queue: 'fan-out', name }).on('*', ({ payload }) => void seen[name]?.push(payload)),
      ),
    );
    expect(seen).toEqual({ late: ['after'], complete: ['before', 'after'] });
  });
});

test('the mode exactly-once works with a fake client', async () => {
  const client = createFakeClient();
  await client.createQueue('q');
  await client.subscribe('q', 'worker');
  await client.sendBatch('q', 'default', [1, 2]);
  const seen: unknown[] = [];
  await createConsumer(client, { queue: 'q', name: 'worker', mode: 'exactly-once' })
    .on('*', async ({ payload }, { tx }) => {
      seen.push(payload);
      if (payload === 2) throw new Error('not yet');
      if (payload === 1) await tx.send('q', { payload: 3 });
    })
    .drain();
  expect(seen).toEqual([1, 2, 3]);
  expect(client.sentTo('q').map(({ payload }) => payload)).toEqual([1, 2, 3]);
});

test('retries and delayed events of a fake come when they are due', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const client = createFakeClient();
  await client.createQueue('q');
  await client.subscribe('q', 'worker');
  const seen: unknown[] = [];
  const makeConsumer = () =>
    createConsumer(client, { queue: 'q', name: 'worker', retry: fixed('1h') }).on('*', ({ payload, retryCount }) => {
      if (payload === 'fails once' && retryCount === null) throw new Error('not yet');
      seen.push(payload);
    });
  await client.send('q', { payload: 'fails once' });
  await client.sendAt('q', { payload: 'tomorrow' }, { delayMs: 86_400_000 });
  const drainAfter = async (minutes: number): Promise<void> => {
    vi.setSystemTime(Date.now() + minutes * 60_000);
    await drain(client, () => [makeConsumer()]);
  };
  await drainAfter(0);
  await drainAfter(59);
  expect(seen).toEqual([]);
  await drainAfter(2);
  expect(seen).toEqual(['fails once']);
  await drainAfter(24 * 60);
  expect(seen).toEqual(['fails once', 'tomorrow']);
});

test('the fake client says what it lacks', async () => {
  const client = createFakeClient();
  await expect(client.metrics()).rejects.toThrow('the fake client has no pgque.metrics()');
  await expect(client.transaction((tx) => tx.query('select 1'))).rejects.toThrow('no database');
});

test('waitFor() answers what the predicate did, or fails with its last error', async () => {
  let calls = 0;
  expect(await waitFor(() => (++calls > 2 ? 'there' : undefined))).toBe('there');
  const failure = new Error('still nothing');
  const never_ = waitFor(() => Promise.reject(failure), { timeout: '20ms', interval: '1ms' });
  await expect(never_).rejects.toMatchObject({ message: expect.stringContaining('within 20 ms'), cause: failure });
});
