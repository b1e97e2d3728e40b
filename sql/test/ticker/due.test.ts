import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const ticker = (queue: QueueDriver) => scalar<bigint | null>(database, 'select pgque.ticker($1)', [queue.name]);

/** Makes the newest tick older, which is the same to the ticker as waiting. */
const age = (queue: QueueDriver, by: string) =>
  rows(
    database,
    `update pgque.tick set tick_time = tick_time - $2::interval
     where queue_id = (select queue_id from pgque.queue where queue_name = $1)`,
    [queue.name, by],
  );

test('a queue at rest is not due', async () => {
  const queue = await openQueue(database);
  expect(await ticker(queue)).toBe(null);
});

test('a queue is due by count, at ticker_max_count and not below', async () => {
  const queue = await openQueue(database, { ticker_max_count: 3 });
  await queue.sendMany(['1', '2']);
  expect(await ticker(queue)).toBe(null);
  await queue.send('3');
  expect(await ticker(queue)).toBe(2n);
  expect(await ticker(queue)).toBe(null);
});

test('a queue with one event is due by lag, after ticker_max_lag and not before', async () => {
  const queue = await openQueue(database, { ticker_max_lag: '1 hour', ticker_idle_period: '1 day' });
  await queue.send('x');
  expect(await ticker(queue)).toBe(null);
  await age(queue, '59 minutes');
  expect(await ticker(queue)).toBe(null);
  await age(queue, '1 minute');
  expect(await ticker(queue)).toBe(2n);
});

test('a queue without events is due when idle, after ticker_idle_period and not before', async () => {
  const queue = await openQueue(database, { ticker_idle_period: '1 hour' });
  await age(queue, '59 minutes');
  expect(await ticker(queue)).toBe(null);
  await age(queue, '1 minute');
  expect(await ticker(queue)).toBe(2n);
});

test('a clock that was set back makes a queue due once instead of stopping it', async () => {
  const queue = await openQueue(database);
  await age(queue, '-1 hour');
  expect(await ticker(queue)).toBe(2n);
  expect(await ticker(queue)).toBe(null);
});

test('events that were rolled back count for due, as gaps, and harm nothing', async () => {
  const queue = await openQueue(database, { ticker_max_count: 2 });
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).sendMany(['a', 'b']);
  await session.query('rollback');
  expect(await ticker(queue)).toBe(2n);
  expect(await queue.receive()).toEqual([]);
});

test('tick ids count up by one', async () => {
  const queue = await openQueue(database);
  expect([await queue.tick(), await queue.tick(), await queue.tick()]).toEqual([2n, 3n, 4n]);
});
