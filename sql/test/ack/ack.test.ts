import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';

const database = await openTestDatabase();

test('ack answers 1, and 0 for a batch that was acknowledged', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const [message] = await queue.receiveSome();
  expect(await queue.ack(message.batch_id)).toBe(1);
  expect(await queue.ack(message.batch_id)).toBe(0);
  expect(await queue.receive()).toEqual([]);
});

test('ack answers 0 for an unknown batch and for NULL', async () => {
  const queue = await openQueue(database);
  for (const batchId of [0n, -1n, 9_223_372_036_854_775_807n]) expect(await queue.ack(batchId)).toBe(0);
  expect(await queue.ack(undefined)).toBe(0);
});

test('a stale batch id leaves the batch that is open now alone', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  const [first] = await queue.receiveSome(1);
  await queue.ack(first.batch_id);
  const [second] = await queue.receiveSome(1);
  expect(await queue.ack(first.batch_id)).toBe(0);
  expect(await queue.receive(1)).toEqual([second]);
  expect(await queue.ack(second.batch_id)).toBe(1);
});

test('ack acknowledges exactly what receive returned', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  const [first] = await queue.receiveSome(1);
  await queue.ack(first.batch_id);
  expect(await queue.receivePayloads()).toEqual(['b', 'c']);
});

test('an ack that is rolled back leaves the batch open', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  const session = await database.connect();
  await session.query('begin');
  expect(await queue.as(session).ack(messages[0].batch_id)).toBe(1);
  await session.query('rollback');
  expect(await queue.receive()).toEqual(messages);
  expect(await queue.ack(messages[0].batch_id)).toBe(1);
});

test('receive, ack and the next receive work within one transaction', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  const session = await database.connect();
  await session.query('begin');
  const worker = queue.as(session);
  const [first] = await worker.receiveSome(1);
  expect(await worker.ack(first.batch_id)).toBe(1);
  const [second] = await worker.receiveSome(1);
  expect(await worker.ack(second.batch_id)).toBe(1);
  expect([first.payload, second.payload, await worker.receive()]).toEqual(['a', 'b', []]);
  await session.query('commit');
  expect(await queue.receive()).toEqual([]);
});

test.each(['repeatable read', 'serializable'])('a worker in %s receives and acknowledges', async (level) => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const session = await database.connect();
  await session.query(`begin isolation level ${level}`);
  const [message] = await queue.as(session).receiveSome();
  expect(await queue.as(session).ack(message.batch_id)).toBe(1);
  await session.query('commit');
  expect(await queue.receive()).toEqual([]);
});

test('a worker whose snapshot is older than the ack of another one fails to serialize, and does not ack again', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const session = await database.connect();
  await session.query('begin isolation level repeatable read');
  await session.query('select 1 from pgque.queue');
  const [message] = await queue.receiveSome();
  await queue.ack(message.batch_id);
  await expect(
    (async () => {
      const [again] = await queue.as(session).receiveSome();
      await queue.as(session).ack(again.batch_id);
    })(),
  ).rejects.toMatchObject({ code: '40001' });
  await session.query('rollback');
});
