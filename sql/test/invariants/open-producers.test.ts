import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

// Events of transactions that were open at a tick. Ticks here are those of the threshold ticker_max_lag: forcing one
// takes a transaction id of its own, which hides the case of a producer that has the newest one.
const database = await openTestDatabase();
const natural = { ticker_max_lag: '0 seconds' };
const ticker = () => scalar<bigint>(database, 'select pgque.ticker()');

test('the event of the newest transaction, open during a tick, is delivered after its commit', async () => {
  const queue = await openQueue(database, natural);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('open');
  await ticker();
  await session.query('commit');
  await ticker();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['open']);
});

test('the same holds when the consumer passed that tick before the commit', async () => {
  const queue = await openQueue(database, natural);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('open');
  await ticker();
  expect(await queue.receive()).toEqual([]);
  await session.query('commit');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['open']);
});

test('a producer that goes on sending after the tick loses neither what it sent before nor after', async () => {
  const queue = await openQueue(database, natural);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('before');
  await ticker();
  await queue.as(session).send('after');
  await ticker();
  await session.query('commit');
  await ticker();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['before', 'after']);
});

test('many producers open over many ticks all arrive, whatever the order in which they commit', async () => {
  const queue = await openQueue(database, natural);
  const sessions = await Promise.all(Array.from({ length: 8 }, () => database.connect()));
  const received: (string | null)[] = [];
  for (const [index, session] of sessions.entries()) {
    await session.query('begin');
    await queue.as(session).send(String(index));
    await ticker();
    received.push(...(await queue.drain()).map((message) => message.payload));
  }
  for (const index of [7, 0, 3, 1, 6, 2, 5, 4]) {
    await sessions[index]?.query('commit');
    await ticker();
    received.push(...(await queue.drain()).map((message) => message.payload));
  }
  await queue.tick();
  received.push(...(await queue.drain()).map((message) => message.payload));
  expect(received.toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
});

test('events and a tick of one transaction: those before the tick and those after it are delivered', async () => {
  const queue = await openQueue(database, natural);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('before');
  await scalar(session, 'select pgque.ticker()');
  await queue.as(session).send('after');
  await session.query('commit');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['before', 'after']);
});

test('events of a transaction that a tick of an outer transaction met are delivered', async () => {
  const queue = await openQueue(database, natural);
  const [producer, outer] = [await database.connect(), await database.connect()];
  await outer.query('begin; select pg_current_xact_id()');
  await producer.query('begin');
  await queue.as(producer).send('open');
  await scalar(outer, 'select pgque.ticker()');
  await outer.query('commit');
  await producer.query('commit');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['open']);
});
