import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const move = () => scalar<number>(database, 'select pgque.maint_retry_events()');

async function nacked(payloads: string[], delay = '0 seconds'): Promise<QueueDriver> {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  await queue.sendMany(payloads);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages, delay);
  await queue.ack(messages[0].batch_id);
  return queue;
}

test('the answer is how many retries moved, of all queues; each moves once', async () => {
  const queues = [await nacked(['a', 'b']), await nacked(['c'])];
  await nacked(['later'], '1 hour');
  expect(await move()).toBe(3);
  expect(await move()).toBe(0);
  for (const queue of queues) await queue.tick();
  expect(await queues[0]?.receivePayloads()).toEqual(['a', 'b']);
  expect(await queues[1]?.receivePayloads()).toEqual(['c']);
});

test('what moved is due for the next tick of the threshold, of its queue and no other', async () => {
  const idle = await openQueue(database, { ticker_max_count: 1 });
  const queue = await nacked(['x']);
  await scalar(database, 'select pgque.ticker()');
  expect(await move()).toBe(1);
  expect(await scalar(database, 'select pgque.ticker($1)', [idle.name])).toBe(null);
  expect(await scalar(database, 'select pgque.ticker($1)', [queue.name])).toEqual(expect.any(BigInt));
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('a move that is rolled back is done again', async () => {
  const queue = await nacked(['x']);
  const session = await database.connect();
  await session.query('begin');
  expect(await scalar(session, 'select pgque.maint_retry_events()')).toBe(1);
  await session.query('rollback');
  expect(await move()).toBe(1);
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['x']);
});

test('a nack that commits after a move, although due before it, moves with the next', async () => {
  const queue = await openQueue(database);
  await queue.send('late commit');
  await queue.tick();
  const messages = await queue.receiveSome();
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).nack(messages);
  await queue.as(session).ack(messages[0].batch_id);
  await nacked(['other']);
  expect(await move()).toBe(1);
  await session.query('commit');
  expect(await move()).toBe(1);
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['late commit']);
});

test.each(['repeatable read', 'serializable'])('it does not run in %s', async (level) => {
  const session = await database.connect();
  await session.query(`begin isolation level ${level}`);
  await expect(session.query('select pgque.maint_retry_events()')).rejects.toMatchObject({
    code: 'QU013',
    message: 'maint_retry_events needs read committed',
  });
  await session.query('rollback');
});
