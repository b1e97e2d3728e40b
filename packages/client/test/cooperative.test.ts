import { expect, test } from 'vitest';
import { BatchOpenError, ConsumerIsCooperativeError, ConsumerIsNormalError } from '../src/index.ts';
import { openTestClient } from './open-test-client.ts';
import { tick } from './tick.ts';

const { client } = await openTestClient();

test('members share a consumer: each message goes to one, and a silent member loses its batch', async () => {
  await client.createQueue('images');
  expect(await client.registerSubconsumer('images', 'resize', 'a')).toBe(1);
  expect(await client.subscribeSubconsumer('images', 'resize', 'b')).toBe(1);
  // Members that had no batch yet stand nowhere.
  expect(await client.getConsumerInfo('images', 'resize.a')).toMatchObject([{ lastTickId: null, lastSeenMs: null }]);
  await client.sendBatch('images', 'added', [1, 2, 3]);
  await tick(client, 'images');
  const held = await client.receiveCoop('images', 'resize', 'a', { maxMessages: 2 });
  expect(held.map(({ payload }) => payload)).toEqual([1, 2]);
  expect(await client.touchSubconsumer('images', 'resize', 'a')).toBe(1);
  const taken = await client.receiveCoop('images', 'resize', 'b', { deadIntervalMs: 0 });
  expect(taken.map(({ payload }) => payload)).toEqual([1, 2]);
  expect(await client.touchSubconsumer('images', 'resize', 'a')).toBe(0);
  expect(await client.ack(held[0]?.batchId ?? 0n)).toBe(0);
  await expect(client.unregisterSubconsumer('images', 'resize', 'b')).rejects.toThrow(BatchOpenError);
  expect(await client.unregisterSubconsumer('images', 'resize', 'b', { batchHandling: 1 })).toBe(1);
  await expect(client.receive('images', 'resize')).rejects.toThrow(ConsumerIsCooperativeError);
  expect(await client.unsubscribeSubconsumer('images', 'resize', 'a')).toBe(1);
  expect((await client.receive('images', 'resize')).map(({ payload }) => payload)).toEqual([3]);
});

test('the primitives of PgQ hand out whole windows to members', async () => {
  await client.createQueue('windows');
  await client.subscribe('windows', 'normal');
  await expect(client.nextBatchCoop('windows', 'normal', 'a')).rejects.toThrow(ConsumerIsNormalError);
  await client.registerSubconsumer('windows', 'normal', 'a', { convertNormal: true });
  await client.send('windows', { payload: 'x' });
  await tick(client, 'windows');
  const batch = await client.nextBatchCoop('windows', 'normal', 'a', { deadIntervalMs: 60_000 });
  expect(await client.getBatchEvents(batch ?? 0n)).toHaveLength(1);
  expect(await client.nextBatchCustomCoop('windows', 'normal', 'a', { minCount: 1 })).toMatchObject({ batchId: batch });
  expect(await client.finishBatch(batch ?? 0n)).toBe(1);
  expect(await client.nextBatchCustomCoop('windows', 'normal', 'a')).toBe(null);
});
