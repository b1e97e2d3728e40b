import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';

const database = await openTestDatabase();

test('the ids come in the order of the input, and so do the messages', async () => {
  const queue = await openQueue(database);
  const payloads = Array.from({ length: 20_000 }, (_, index) => `payload ${index}`);
  const ids = await queue.sendMany(payloads);
  expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? id))).toBe(true);
  expect(ids).toHaveLength(payloads.length);
  await queue.tick();
  const messages = await queue.receive(50_000);
  expect(messages.map((message) => message.msg_id).join() === ids.join()).toBe(true);
  expect(messages.map((message) => message.payload).join() === payloads.join()).toBe(true);
});

test('two batches of two open transactions do not share an id', async () => {
  const queue = await openQueue(database);
  const [first, second] = [await database.connect(), await database.connect()];
  await first.query('begin');
  await second.query('begin');
  const ids = [
    ...(await queue.as(first).sendMany(['a', 'b'])),
    ...(await queue.as(second).sendMany(['c', 'd'])),
    ...(await queue.as(first).sendMany(['e'])),
  ];
  await first.query('commit');
  await second.query('commit');
  await queue.tick();
  expect(new Set(ids).size).toBe(5);
  expect((await queue.receive()).map((message) => message.msg_id)).toEqual(ids);
});
