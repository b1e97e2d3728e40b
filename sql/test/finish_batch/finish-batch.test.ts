import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const finish = (batchId: bigint | null) => scalar<number>(database, 'select pgque.finish_batch($1)', [batchId]);

async function filled(): Promise<QueueDriver> {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  return queue;
}

test('finish_batch closes the whole window, also what receive has not returned of it', async () => {
  const queue = await filled();
  await queue.send('next window');
  await queue.tick();
  const [message] = await queue.receiveSome(1);
  expect(message.payload).toBe('a');
  expect(await finish(message.batch_id)).toBe(1);
  expect(await queue.receivePayloads()).toEqual(['next window']);
});

test('finish_batch on a later page closes the rest of that window', async () => {
  const queue = await filled();
  const [first] = await queue.receiveSome(1);
  await queue.ack(first.batch_id);
  const [second] = await queue.receiveSome(1);
  expect(await finish(second.batch_id)).toBe(1);
  expect(await queue.receive()).toEqual([]);
});

test('finish_batch answers 0 for a stale or unknown batch and for NULL', async () => {
  const queue = await filled();
  const [message] = await queue.receiveSome();
  expect(await finish(message.batch_id)).toBe(1);
  expect(await finish(message.batch_id)).toBe(0);
  expect(await finish(0n)).toBe(0);
  expect(await finish(null)).toBe(0);
});
