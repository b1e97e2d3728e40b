import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';

const database = await openTestDatabase();

test.each(['read committed', 'repeatable read', 'serializable'])('messages sent in %s arrive', async (level) => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query(`begin isolation level ${level}`);
  await queue.as(session).send('one');
  await queue.as(session).sendMany(['two', 'three']);
  await session.query('commit');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['one', 'two', 'three']);
});

test('messages of a prepared transaction arrive once it is committed, and not before', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('prepared');
  await session.query(`prepare transaction '${queue.name}'`);
  await queue.send('other');
  await queue.tick();
  const [other] = await queue.receiveSome();
  expect(other.payload).toBe('other');
  await queue.ack(other.batch_id);
  await session.query(`commit prepared '${queue.name}'`);
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['prepared']);
});
