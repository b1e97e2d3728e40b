import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const retryBatch = (batchId: bigint | null, seconds: number | null = 0) =>
  scalar<number>(database, 'select pgque.batch_retry($1, $2::integer)', [batchId, seconds]);

test('every event of the batch is scheduled once; the answer is how many', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages.slice(0, 1));
  expect(await retryBatch(messages[0].batch_id)).toBe(2);
  expect(await retryBatch(messages[0].batch_id)).toBe(0);
  await queue.ack(messages[0].batch_id);
  expect(await queue.moveRetries()).toBe(3);
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['a', 'b', 'c']);
});

test('of a page it schedules that page', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  const [message] = await queue.receiveSome(2);
  expect(await retryBatch(message.batch_id)).toBe(2);
});

test('an empty batch has nothing to schedule', async () => {
  const queue = await openQueue(database);
  await queue.tick();
  const batchId = await scalar<bigint>(database, 'select pgque.next_batch($1, $2)', [queue.name, queue.consumer]);
  expect(await retryBatch(batchId)).toBe(0);
});

test('an unknown batch and no delay are refused', async () => {
  await expect(retryBatch(0n)).rejects.toMatchObject({ code: 'QU003' });
  await expect(retryBatch(null)).rejects.toMatchObject({ code: 'QU003' });
  await expect(retryBatch(0n, null)).rejects.toMatchObject({ code: 'QU005' });
});
