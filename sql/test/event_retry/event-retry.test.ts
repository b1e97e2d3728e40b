import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const retry = (batchId: bigint | null, eventId: bigint | null, seconds: number | null) =>
  scalar<number>(database, 'select pgque.event_retry($1, $2, $3::integer)', [batchId, eventId, seconds]);
const retryAt = (batchId: bigint, eventId: bigint, at: string | null) =>
  scalar<number>(database, 'select pgque.event_retry($1, $2, $3::timestamptz)', [batchId, eventId, at]);

async function opened(options = {}): Promise<QueueDriver> {
  const queue = await openQueue(database, options);
  await queue.send('x');
  await queue.tick();
  return queue;
}

test('event_retry answers 1, and 0 for an event that was scheduled before', async () => {
  const queue = await opened();
  const [message] = await queue.receiveSome();
  expect(await retry(message.batch_id, message.msg_id, 0)).toBe(1);
  expect(await retry(message.batch_id, message.msg_id, 0)).toBe(0);
  await queue.ack(message.batch_id);
  await queue.moveRetries();
  expect(await queue.receive()).toMatchObject([{ msg_id: message.msg_id, retry_count: 1 }]);
});

test('a time may be given instead of seconds, and decides when it is due', async () => {
  const queue = await opened();
  const [message] = await queue.receiveSome();
  expect(await retryAt(message.batch_id, message.msg_id, '2100-01-01 00:00:00+00')).toBe(1);
  const due = 'select due_at from pgque.later where batch_id = $1';
  expect(await scalar(database, due, [message.batch_id])).toEqual(new Date('2100-01-01T00:00:00Z'));
});

test('it goes on beyond max_retries', async () => {
  const queue = await opened({ max_retries: 0 });
  for (let round = 0; round < 3; round += 1) {
    const [message] = await queue.receiveSome();
    expect(message.retry_count ?? 0).toBe(round);
    expect(await retry(message.batch_id, message.msg_id, 0)).toBe(1);
    await queue.ack(message.batch_id);
    await queue.moveRetries();
  }
  expect(await queue.receive()).toMatchObject([{ retry_count: 3 }]);
});

test('an unknown batch, an unknown event and no time are refused', async () => {
  const queue = await opened();
  const [message] = await queue.receiveSome();
  await expect(retry(0n, message.msg_id, 0)).rejects.toMatchObject({ code: 'QU003', message: 'batch not found: 0' });
  await expect(retry(message.batch_id, 999n, 0)).rejects.toMatchObject({
    code: 'QU004',
    message: `msg_id 999 not found in batch ${message.batch_id}`,
  });
  await expect(retry(message.batch_id, message.msg_id, null)).rejects.toMatchObject({ code: 'QU005' });
  await expect(retryAt(message.batch_id, message.msg_id, 'infinity')).rejects.toMatchObject({ code: 'QU005' });
});
