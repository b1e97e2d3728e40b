import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

test('nothing left is no rows, and opens no batch', async () => {
  const queue = await openQueue(database);
  expect(await queue.receive()).toEqual([]);
  await queue.tick();
  expect(await queue.receive()).toEqual([]);
  expect(await scalar(database, 'select current_batch from pgque.get_consumer_info($1)', [queue.name])).toBe(null);
});

test('one call passes over any number of empty windows', async () => {
  const queue = await openQueue(database);
  for (let tick = 0; tick < 25; tick += 1) await queue.tick();
  await queue.send('behind them');
  const last = await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['behind them']);
  expect(await scalar(database, 'select next_tick from pgque.get_consumer_info($1)', [queue.name])).toBe(last);
});

test('windows that hold nothing any more move the position, so that they are passed over once', async () => {
  const queue = await openQueue(database);
  await queue.tick();
  const last = await queue.tick();
  expect(await queue.receive()).toEqual([]);
  expect(await scalar(database, 'select last_tick from pgque.get_consumer_info($1)', [queue.name])).toBe(last);
});

test('what is not ticked is not received', async () => {
  const queue = await openQueue(database);
  await queue.send('ticked');
  await queue.tick();
  await queue.send('not ticked');
  const [message, ...others] = await queue.receiveSome();
  expect([message.payload, others]).toEqual(['ticked', []]);
  await queue.ack(message.batch_id);
  expect(await queue.receive()).toEqual([]);
});

test('repeating receive before ack gives the same batch with the same rows, also after more was sent', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  const first = await queue.receive();
  expect(first).toHaveLength(2);
  await queue.send('c');
  await queue.tick();
  expect(await queue.receive()).toEqual(first);
  expect(await queue.as(await database.connect()).receive()).toEqual(first);
});

test('a transaction that commits after the tick that counted its messages is delivered by a later one', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  const slow = await queue.as(session).send('slow');
  const quick = await queue.send('quick');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.msg_id)).toEqual([quick]);
  await session.query('commit');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.msg_id)).toEqual([slow]);
});

test('a receive that is rolled back has opened nothing', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const session = await database.connect();
  await session.query('begin');
  const [inside] = await queue.as(session).receiveSome();
  await session.query('rollback');
  expect(await queue.ack(inside.batch_id)).toBe(0);
  const [again] = await queue.receiveSome();
  expect(again.msg_id).toBe(inside.msg_id);
  expect(again.batch_id).toBeGreaterThan(inside.batch_id);
});

test('send, tick and receive in one transaction see nothing', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('x');
  await queue.as(session).tick();
  expect(await queue.as(session).receive()).toEqual([]);
  await session.query('commit');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('a consumer behind many ticks gets pages as long as it asks for, not one tick after the other', async () => {
  const queue = await openQueue(database);
  const sent: string[] = [];
  for (let tick = 0; tick < 30; tick += 1) {
    sent.push(`${tick}`);
    await queue.send(`${tick}`);
    // Not forced: that would draw ids in vain.
    await rows(database, 'select pgque.tick_pending()');
  }
  const first = await queue.receive(20);
  expect(first.map((message) => message.payload)).toEqual(sent.slice(0, 20));
  await queue.ack(first[0]?.batch_id);
  expect((await queue.receive(20)).map((message) => message.payload)).toEqual(sent.slice(20));
});
