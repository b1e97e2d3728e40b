import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

// Events whose transaction is open at the tick that counted them: nothing moves the sequence when it commits.
const database = await openTestDatabase();
const settings = { ticker_max_count: 1, ticker_max_lag: '1 hour', ticker_idle_period: '1 day' };
const ticker = (queue: QueueDriver) => scalar<bigint | null>(database, 'select pgque.ticker($1)', [queue.name]);

/** Makes the newest tick an hour older, which is the same to the ticker as waiting for ticker_max_lag. */
const passLag = (queue: QueueDriver) =>
  rows(
    database,
    `update pgque.tick set tick_time = tick_time - interval '1 hour'
     where queue_id = (select queue_id from pgque.queue where queue_name = $1)`,
    [queue.name],
  );

/** Whether the newest tick waits for this transaction. */
const isOwedBy = (queue: QueueDriver, xid: string) =>
  scalar<boolean>(
    database,
    `select $2::xid8 = any (t.owed_by) from pgque.tick t join pgque.queue q on q.queue_id = t.queue_id
     where q.queue_name = $1 order by t.tick_id desc limit 1`,
    [queue.name, xid],
  );

test('such an event is delivered within ticker_max_lag of its commit, and not an idle period later', async () => {
  const queue = await openQueue(database, settings);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('slow');
  const xid = await scalar<string>(session, 'select pg_current_xact_id()::text');
  expect(await ticker(queue)).toBe(2n);
  expect(await isOwedBy(queue, xid)).toBe(true);
  await session.query('commit');

  expect(await ticker(queue)).toBe(null);
  await passLag(queue);
  expect(await ticker(queue)).toBe(3n);
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['slow']);
  expect(await isOwedBy(queue, xid)).toBe(false);
});

test('it is owed over any number of ticks, as long as its transaction is open', async () => {
  const queue = await openQueue(database, settings);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('slow');
  const xid = await scalar<string>(session, 'select pg_current_xact_id()::text');
  for (let round = 0; round < 3; round += 1) {
    await queue.send('quick');
    expect(await ticker(queue)).toEqual(expect.any(BigInt));
    expect(await isOwedBy(queue, xid)).toBe(true);
    await passLag(queue);
  }
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['quick', 'quick', 'quick']);
  await session.query('commit');
  expect(await ticker(queue)).toEqual(expect.any(BigInt));
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['slow']);
});

test('a transaction that began after the last event owes nothing', async () => {
  const queue = await openQueue(database, settings);
  await queue.send('x');
  await ticker(queue);
  const session = await database.connect();
  await session.query('begin');
  const xid = await scalar<string>(session, 'select pg_current_xact_id()::text');
  await database.query(`update pgque.tick set tick_time = tick_time - interval '1 day'`);
  expect(await ticker(queue)).toBe(3n);
  expect(await isOwedBy(queue, xid)).toBe(false);
  await session.query('rollback');
});
