import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const tickAll = () => scalar<bigint>(database, 'select pgque.ticker()');

test('without queues there is nothing to tick', async () => {
  expect(await tickAll()).toBe(0n);
});

test('the answer is how many queues were due; paused and external ones are left out', async () => {
  const due = { ticker_max_count: 1 };
  const queues = [
    await openQueue(database, due),
    await openQueue(database, due),
    await openQueue(database, { ...due, ticker_paused: true }),
    await openQueue(database, { ...due, external_ticker: true }),
    await openQueue(database, { ticker_max_lag: '1 day' }),
  ];
  for (const queue of queues) await queue.send('x');
  expect(await tickAll()).toBe(2n);
  expect(await tickAll()).toBe(0n);
  expect(await Promise.all(queues.map(async (queue) => (await queue.receive()).length))).toEqual([1, 1, 0, 0, 0]);
});

test('the channel of each ticked queue is notified with the tick id, at commit', async () => {
  const queue = await openQueue(database);
  const [listener, session] = [await database.connect(), await database.connect()];
  const notifications: unknown[] = [];
  listener.on('notification', ({ channel, payload }) => notifications.push([channel, payload]));
  await listener.query(`listen ${listener.escapeIdentifier(`pgque_${queue.name}`)}`);
  await session.query('begin');
  const tickId = await queue.as(session).tick();
  await listener.query('select 1');
  expect(notifications).toEqual([]);
  await session.query('commit');
  await listener.query('select 1');
  expect(notifications).toEqual([[`pgque_${queue.name}`, String(tickId)]]);
});

test.each(['repeatable read', 'serializable'])('a ticker does not run in %s', async (level) => {
  const queue = await openQueue(database);
  const session = await database.connect();
  for (const call of ['ticker()', `ticker('${queue.name}')`]) {
    await session.query(`begin isolation level ${level}`);
    await expect(session.query(`select pgque.${call}`)).rejects.toMatchObject({
      code: 'QU013',
      message: 'ticker needs read committed',
    });
    await session.query('rollback');
  }
});

test('one queue that does not exist is refused', async () => {
  await expect(scalar(database, `select pgque.ticker('nope')`)).rejects.toMatchObject({ code: 'QU001' });
});
