import { expect, test } from 'vitest';
import { BatchNotFoundError, InvalidArgumentError, MessageNotFoundError, RetriesPendingError } from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';
import { openBatch, tick } from './tick.ts';

const { client } = await openTestClient();

/** Redelivers what is due. */
async function redeliver(queue: string) {
  await client.maintRetryEvents();
  await tick(client, queue);
  return await client.receive(queue, 'processor');
}

test('subscribe() answers 1 for a new consumer and 0 for a known one, unsubscribe() likewise', async () => {
  await client.createQueue('subscriptions');
  expect(await client.subscribe('subscriptions', 'a')).toBe(1);
  expect(await client.subscribe('subscriptions', 'a')).toBe(0);
  expect(await client.unsubscribe('subscriptions', 'a')).toBe(1);
  expect(await client.unsubscribe('subscriptions', 'a')).toBe(0);
  expect(await client.registerConsumer('subscriptions', 'a')).toBe(1);
  expect(await client.unregisterConsumer('subscriptions', 'a')).toBe(1);
});

test('receive() returns the open batch again until it is acknowledged', async () => {
  const { messages, batchId } = await openBatch(client, 'repeat', [1, 2, 3]);
  expect(await client.receive('repeat', 'processor', 1)).toEqual(messages);
  expect(await client.ack(batchId)).toBe(1);
  expect(await client.ack(batchId)).toBe(0);
  expect(await client.receive('repeat', 'processor')).toEqual([]);
});

test('receive() gives pages of at most maxMessages and loses none', async () => {
  await client.createQueue('pages');
  await client.subscribe('pages', 'processor');
  await client.sendBatch('pages', 'n', [1, 2, 3, 4, 5]);
  await tick(client, 'pages');
  const seen: unknown[][] = [];
  for (;;) {
    const messages = await client.receive('pages', 'processor', 2);
    const [first] = messages;
    if (!first) break;
    seen.push(messages.map(({ payload }) => payload));
    await client.ack(first.batchId);
  }
  expect(seen).toEqual([[1, 2], [3, 4], [5]]);
});

test('nack() delivers a message again with a retry count', async () => {
  const { messages, batchId } = await openBatch(client, 'again', ['good', 'bad']);
  const bad = messages[1] ?? expect.fail();
  expect(await client.nack(batchId, bad, { retryAfterMs: 0, reason: 'not now' })).toBe(1);
  expect(await client.nack(batchId, bad, { retryAfterMs: 0 })).toBe(0);
  await client.ack(batchId);
  expect(await redeliver('again')).toMatchObject([{ msgId: bad.msgId, payload: 'bad', retryCount: 1 }]);
});

test('nackMany() and settle() give back what is listed, settle() acknowledges as well', async () => {
  const { messages, batchId } = await openBatch(client, 'many', [0, 1, 2]);
  const [first, second] = messages.map(({ msgId }) => ({ msgId, retryAfterMs: 0 }));
  expect(await client.nackMany(batchId, [first ?? expect.fail()])).toBe(1);
  expect(await client.settle(batchId, [first ?? expect.fail(), { ...(second ?? expect.fail()), reason: 'busy' }])).toBe(
    1,
  );
  const again = await redeliver('many');
  expect(again.map(({ payload }) => payload)).toEqual([0, 1]);
  expect(await client.settle(again[0]?.batchId ?? 0n)).toBe(1);
  expect(await client.settle(batchId)).toBe(0);
});

test('a message waits out its delay', async () => {
  const { messages, batchId } = await openBatch(client, 'later', [1]);
  await client.nack(batchId, messages[0] ?? expect.fail(), { retryAfterMs: 3_600_000.5 });
  await client.ack(batchId);
  expect(await redeliver('later')).toEqual([]);
  await expect(client.unsubscribe('later', 'processor')).rejects.toThrow(RetriesPendingError);
  expect(await client.unsubscribe('later', 'processor', { discardRetries: true })).toBe(1);
});

test('stale batches and foreign messages are refused', async () => {
  const { messages, batchId } = await openBatch(client, 'stale', [1]);
  await expect(client.nack(batchId, { msgId: 987_654n })).rejects.toThrow(MessageNotFoundError);
  await client.ack(batchId);
  await expect(client.nack(batchId, messages[0] ?? expect.fail())).rejects.toThrow(BatchNotFoundError);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300])('a delay of %d ms is refused', async (retryAfterMs) => {
  await expect(client.nack(1n, { msgId: 1n }, { retryAfterMs })).rejects.toThrow(InvalidArgumentError);
});
