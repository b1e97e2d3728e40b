import { expect, test } from 'vitest';
import { openTestClient } from './open-test-client.ts';
import { openBatch, tick } from './tick.ts';

const { client } = await openTestClient();

test('nextBatch(), getBatchEvents() and finishBatch() go through a window', async () => {
  await client.createQueue('window');
  await client.subscribe('window', 'processor');
  expect(await client.nextBatch('window', 'processor')).toBeNull();
  expect(await client.nextBatchInfo('window', 'processor')).toBeNull();
  const eventId = await client.send('window', { type: 't', payload: { a: 1 }, extra1: 'x' });
  await tick(client, 'window');
  const batchId = (await client.nextBatch('window', 'processor')) ?? expect.fail();
  expect(await client.getBatchEvents(batchId)).toEqual([
    {
      eventId,
      createdAt: expect.any(Date),
      transactionId: expect.any(BigInt),
      retryCount: null,
      type: 't',
      payload: { a: 1 },
      rawPayload: '{"a":1}',
      extra1: 'x',
      extra2: null,
      extra3: null,
      extra4: null,
    },
  ]);
  expect(await client.nextBatchInfo('window', 'processor')).toEqual({
    batchId,
    tickId: expect.any(BigInt),
    previousTickId: expect.any(BigInt),
    tickTime: expect.any(Date),
    previousTickTime: expect.any(Date),
    tickEventSeq: expect.any(BigInt),
    previousTickEventSeq: expect.any(BigInt),
  });
  expect(await client.finishBatch(batchId)).toBe(1);
  expect(await client.finishBatch(batchId)).toBe(0);
});

test('nextBatchCustom() opens no batch that misses its conditions', async () => {
  await client.createQueue('custom');
  await client.subscribe('custom', 'processor');
  await client.send('custom', { payload: 1 });
  await tick(client, 'custom');
  expect(await client.nextBatchCustom('custom', 'processor', { minLagMs: 3_600_000 })).toBeNull();
  expect(
    await client.nextBatchCustom('custom', 'processor', { minCount: 1_000_000, minIntervalMs: 3_600_000 }),
  ).toBeNull();
  expect(await client.nextBatchCustom('custom', 'processor')).toMatchObject({ batchId: expect.any(BigInt) });
});

test('eventRetry() and batchRetry() schedule each event once', async () => {
  const { messages, batchId } = await openBatch(client, 'retried', [1, 2, 3]);
  const [first, second] = messages.map(({ msgId }) => msgId);
  expect(await client.eventRetry(batchId, first ?? 0n, { retryAfterSeconds: 0 })).toBe(1);
  expect(await client.eventRetry(batchId, first ?? 0n, new Date())).toBe(0);
  expect(await client.eventRetry(batchId, second ?? 0n, new Date(Date.now() - 1000))).toBe(1);
  expect(await client.batchRetry(batchId, { retryAfterSeconds: 0 })).toBe(1);
  await client.finishBatch(batchId);
  await client.maintRetryEvents();
  await tick(client, 'retried');
  expect(await client.receive('retried', 'processor')).toHaveLength(3);
});

test('getBatchCursor() leaves a cursor to read on from in the same transaction', async () => {
  const { batchId } = await openBatch(client, 'cursor', [1, 2, 3]);
  await client.transaction(async (tx) => {
    expect(await tx.getBatchCursor(batchId, 'events', 1)).toMatchObject([{ payload: 1 }]);
    expect(await tx.query('fetch all from events')).toMatchObject([{ ev_data: '2' }, { ev_data: '3' }]);
    expect(await tx.getBatchCursor(batchId, 'some', 9, "ev_data <> '2'")).toHaveLength(2);
  });
});
