import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';
import type { Session } from '../support/session.ts';
import { startBlocked } from '../support/start-blocked.ts';

const database = await openTestDatabase();
const [first, second] = [await database.connect(), await database.connect()];

test.each([
  { end: 'commit', answer: null },
  { end: 'rollback', answer: 2n },
])('of two tickers the second waits, and its tick is $answer after $end', async ({ end, answer }) => {
  const queue = await openQueue(database, { ticker_max_count: 1 });
  const ticker = (session: Session) => scalar<bigint | null>(session, 'select pgque.ticker($1)', [queue.name]);
  await queue.send('x');
  await first.query('begin');
  expect(await ticker(first)).toBe(2n);
  const waiting = await startBlocked(database, second, () => ticker(second));
  await first.query(end);
  expect(await waiting.answer).toBe(answer);
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('tick ids of two tickers have the order of their snapshots', async () => {
  const queue = await openQueue(database);
  await queue.send('before');
  await first.query('begin');
  const earlier = await queue.as(first).tick();
  await scalar(database, 'select pgque.force_next_tick($1)', [queue.name]);
  await queue.send('between');
  const waiting = await startBlocked(database, second, () =>
    scalar<bigint>(second, 'select pgque.ticker($1)', [queue.name]),
  );
  await first.query('commit');
  expect(await waiting.answer).toBe(earlier + 1n);
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['before', 'between']);
});

test('a producer does not wait for a ticker, nor a ticker for a producer', async () => {
  const queue = await openQueue(database);
  for (const session of [first, second]) await session.query(`begin; set local lock_timeout = '1ms'`);
  await queue.as(first).tick();
  await queue.as(second).send('x');
  await queue.as(first).tick();
  // Commits that notify take turns, all over the server: that is not what is asked here.
  for (const session of [first, second]) await session.query('set local lock_timeout = 0; commit');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('of two that maintain the second does nothing, at once', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await first.query('begin');
  expect(await scalar<number>(first, 'select pgque.maint()')).toBeGreaterThan(0);
  await second.query(`set lock_timeout = '1ms'`);
  for (const call of ['maint()', `maint_rotate_tables_step1('${queue.name}')`, 'maint_rotate_tables_step2()']) {
    expect(await scalar(second, `select pgque.${call}`), call).toBe(0);
  }
  await second.query('reset lock_timeout');
  await first.query('commit');
});

test('of two that move retries the second waits, and finds none left', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  await first.query('begin');
  expect(await scalar(first, 'select pgque.maint_retry_events()')).toBe(1);
  const waiting = await startBlocked(database, second, () => scalar(second, 'select pgque.maint_retry_events()'));
  await first.query('commit');
  expect(await waiting.answer).toBe(0);
  await queue.tick();
  expect((await queue.drain()).map((message) => message.retry_count)).toEqual([1]);
});

test('settings of one queue changed twice at once: the second waits, and its value stays', async () => {
  const queue = await openQueue(database);
  await first.query('begin');
  await queue.as(first).configure('max_retries', '1');
  const waiting = await startBlocked(database, second, () => queue.as(second).configure('max_retries', '2'));
  await first.query('commit');
  expect(await waiting.answer).toBe(1);
  expect(await scalar(database, `select pgque.get_queue_config($1) -> 'max_retries'`, [queue.name])).toBe(2);
});

test('changing a setting does not stop producers, consumers and tickers', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  await first.query('begin');
  await queue.as(first).configure('max_retries', '1');
  await second.query(`begin; set local lock_timeout = '1ms'`);
  const worker = queue.as(second);
  const [message] = await worker.receiveSome();
  await worker.ack(message.batch_id);
  await worker.send('y');
  await worker.as(second, 'new').subscribe();
  await worker.tick();
  await second.query('commit');
  await first.query('commit');
});
