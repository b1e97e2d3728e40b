import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { fallBehind, gaps, maintain, openQueueWithLimit, storedEvents } from '../support/late-consumer.ts';
import { rotateEventLog } from '../support/rotation.ts';

// When a consumer is too far behind, and is not moved all the same.
const database = await openTestDatabase();

test('while it is at work in an open transaction; after that it has lost nothing', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.sendMany(['1', '2']);
  await queue.tick();
  await fallBehind(database);
  const worker = await database.connect();
  await worker.query('begin');
  const messages = await queue.as(worker).receiveSome();
  await maintain(queue);
  expect(await gaps(queue)).toEqual([]);
  expect(messages.map((message) => message.payload)).toEqual(['1', '2']);
  expect(await queue.as(worker).ack(messages[0].batch_id)).toBe(1);
  await worker.query('commit');
  await maintain(queue);
  expect(await gaps(queue)).toEqual([]);
  expect(await storedEvents(queue)).toBe(0n);
});

test('while it has acknowledged and not committed; rolled back it is moved the next time', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.sendMany(['1', '2']);
  await queue.tick();
  const [message] = await queue.receiveSome();
  await fallBehind(database);
  const worker = await database.connect();
  await worker.query('begin');
  expect(await queue.as(worker).ack(message.batch_id)).toBe(1);
  await maintain(queue);
  expect(await gaps(queue)).toEqual([]);
  await worker.query('rollback');
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ events: 2n }]);
});

test('while another that is not so far behind holds the slot: to move it would be in vain', async () => {
  const queue = await openQueueWithLimit(database);
  const slow = queue.as(database, 'slow');
  await slow.subscribe();
  await queue.sendMany(['1', '2']);
  await queue.tick();
  await fallBehind(database);
  await queue.tick();
  await slow.drain();
  await queue.send('3');
  await queue.tick();
  await maintain(queue);
  expect(await gaps(queue)).toEqual([]);
  expect(await storedEvents(queue)).toBe(3n);
  expect((await slow.drain()).map((message) => message.payload)).toEqual(['3']);
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ consumer_name: queue.consumer, events: 3n }]);
  expect(await storedEvents(queue)).toBe(0n);
});

test('while a session reads the slot', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.send('1');
  await queue.tick();
  await fallBehind(database);
  const reader = await database.connect();
  await reader.query('begin');
  await reader.query('select count(*) from pgque.event');
  await maintain(queue);
  expect(await gaps(queue)).toEqual([]);
  await reader.query('commit');
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ events: 1n }]);
});

test('while a producer has not committed what it wrote to the slot: that is nobody’s fault', async () => {
  const queue = await openQueueWithLimit(database);
  const producer = await database.connect();
  await producer.query('begin');
  await queue.as(producer).send('open for long');
  await queue.send('1');
  await queue.tick();
  await fallBehind(database);
  await maintain(queue);
  expect(await gaps(queue)).toEqual([]);
  await producer.query('commit');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload).toSorted()).toEqual(['1', 'open for long']);
});

test('when it was the ticker that stood still', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.send('1');
  await fallBehind(database);
  await queue.tick();
  await maintain(queue);
  expect(await gaps(queue)).toEqual([]);
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['1']);
});

test('while there is nothing it has not read, however old its position', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.send('1');
  await queue.tick();
  await queue.drain();
  await fallBehind(database);
  await rotateEventLog(queue, 3);
  await queue.send('2');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['2']);
  expect(await gaps(queue)).toEqual([]);
});
