import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { startBlocked } from '../support/start-blocked.ts';

const database = await openTestDatabase();
const [first, second] = [await database.connect(), await database.connect()];

async function filled(...payloads: string[]): Promise<QueueDriver> {
  const queue = await openQueue(database);
  await queue.sendMany(payloads);
  await queue.tick();
  return queue;
}

test('two receive for one consumer: the second waits, and gets the same open batch', async () => {
  const queue = await filled('a', 'b');
  await first.query('begin');
  const messages = await queue.as(first).receive(1);
  const waiting = await startBlocked(database, second, () => queue.as(second).receive(1));
  await first.query('commit');
  expect(await waiting.answer).toEqual(messages);
});

test('when the first rolls back the second opens a batch of its own, with the same messages', async () => {
  const queue = await filled('a', 'b');
  await first.query('begin');
  const [lost] = await queue.as(first).receiveSome(1);
  const waiting = await startBlocked(database, second, () => queue.as(second).receive(1));
  await first.query('rollback');
  const [message] = await waiting.answer;
  expect(message?.msg_id).toBe(lost.msg_id);
  expect(message?.batch_id).not.toBe(lost.batch_id);
  expect(await queue.ack(message?.batch_id)).toBe(1);
});

test('receive behind a transaction that receives and acks gets what comes next', async () => {
  const queue = await filled('a', 'b');
  await first.query('begin');
  const [message] = await queue.as(first).receiveSome(1);
  await queue.as(first).ack(message.batch_id);
  const waiting = await startBlocked(database, second, () => queue.as(second).receivePayloads(1));
  await first.query('commit');
  expect(await waiting.answer).toEqual(['b']);
});

test('receive for two consumers of one queue does not wait', async () => {
  const queue = await filled();
  const other = queue.as(second, 'other');
  await other.subscribe();
  await queue.send('x');
  await queue.tick();
  await first.query('begin');
  expect(await queue.as(first).receivePayloads()).toEqual(['x']);
  await second.query(`set lock_timeout = '1ms'`);
  expect(await other.receivePayloads()).toEqual(['x']);
  await second.query('reset lock_timeout');
  await first.query('commit');
});

test.each([
  { end: 'commit', answer: 0 },
  { end: 'rollback', answer: 1 },
])('of two that ack one batch the second waits, and answers $answer after $end', async ({ end, answer }) => {
  const queue = await filled('x');
  const [message] = await queue.receiveSome();
  await first.query('begin');
  expect(await queue.as(first).ack(message.batch_id)).toBe(1);
  const waiting = await startBlocked(database, second, () => queue.as(second).ack(message.batch_id));
  await first.query(end);
  expect(await waiting.answer).toBe(answer);
  expect(await queue.receive()).toEqual([]);
});

test('nack during ack waits, and finds the batch closed', async () => {
  const queue = await filled('x');
  const messages = await queue.receiveSome();
  await first.query('begin');
  await queue.as(first).ack(messages[0].batch_id);
  const waiting = await startBlocked(database, second, () => queue.as(second).nack(messages));
  await first.query('commit');
  await expect(waiting.answer).rejects.toMatchObject({ code: 'QU003' });
  expect(await queue.moveRetries()).toBe(0);
});

test('ack during nack waits, and both count', async () => {
  const queue = await filled('x');
  const messages = await queue.receiveSome();
  await first.query('begin');
  expect(await queue.as(first).nack(messages)).toBe(1);
  const waiting = await startBlocked(database, second, () => queue.as(second).ack(messages[0].batch_id));
  await first.query('commit');
  expect(await waiting.answer).toBe(1);
  expect(await queue.moveRetries()).toBe(1);
  expect((await queue.drain()).map((message) => message.retry_count)).toEqual([1]);
});

test('two that nack one message schedule one retry', async () => {
  const queue = await filled('x');
  const messages = await queue.receiveSome();
  await first.query('begin');
  expect(await queue.as(first).nack(messages)).toBe(1);
  const waiting = await startBlocked(database, second, () => queue.as(second).nack(messages));
  await first.query('commit');
  expect(await waiting.answer).toBe(0);
  await queue.ack(messages[0].batch_id);
  expect(await queue.moveRetries()).toBe(1);
});

test('two that bury one message leave one dead letter', async () => {
  const queue = await filled('x');
  await queue.configure('max_retries', '0');
  const messages = await queue.receiveSome();
  await first.query('begin');
  expect(await queue.as(first).nack(messages)).toBe(1);
  const waiting = await startBlocked(database, second, () => queue.as(second).nack(messages));
  await first.query('commit');
  expect(await waiting.answer).toBe(0);
  expect(await database.query('select * from pgque.dlq_inspect($1)', [queue.name])).toHaveLength(1);
});
