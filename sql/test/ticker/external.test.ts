import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const inFuture = '2100-01-01 00:00:00+00';
const tick = (queue: QueueDriver, tickId: number | null, time: string | null, eventSeq: number | null) =>
  scalar<bigint>(database, 'select pgque.ticker($1, $2, $3::timestamptz, $4)', [queue.name, tickId, time, eventSeq]);

test('external ticks are the boundaries of batches, under the ids that were given', async () => {
  const queue = await openQueue(database, { external_ticker: true });
  await queue.send('a');
  expect(await tick(queue, 100, inFuture, 1000)).toBe(100n);
  await queue.send('b');
  const [message, ...others] = await queue.receiveSome();
  expect([message.payload, others]).toEqual(['a', []]);
  await queue.ack(message.batch_id);
  expect(await tick(queue, 101, inFuture, 1000)).toBe(101n);
  expect(await queue.receivePayloads()).toEqual(['b']);
});

test.each([
  ['the tick id of the last tick', 10, inFuture, 50],
  ['an older tick id', 9, inFuture, 50],
  ['an older timestamp', 11, '2099-12-31 00:00:00+00', 50],
  ['a smaller event_seq', 11, inFuture, 49],
  ['NULL as the tick id', null, inFuture, 50],
  ['NULL as the timestamp', 11, null, 50],
  ['NULL as event_seq', 11, inFuture, null],
])('%s is refused', async (_, tickId, time, eventSeq) => {
  const queue = await openQueue(database, { external_ticker: true });
  await tick(queue, 10, inFuture, 50);
  await expect(tick(queue, tickId, time, eventSeq)).rejects.toMatchObject({
    code: 'QU015',
    message: `tick out of order: ${queue.name}, ${tickId ?? 'NULL'}`,
    detail: expect.stringContaining('the last tick is 10'),
  });
});

test('a queue with its own ticker takes no external tick, and the other way round', async () => {
  const own = await openQueue(database);
  await expect(tick(own, 100, inFuture, 1)).rejects.toMatchObject({
    code: 'QU014',
    message: `queue has no external ticker: ${own.name}`,
  });
  const external = await openQueue(database, { external_ticker: true });
  await expect(scalar(database, 'select pgque.ticker($1)', [external.name])).rejects.toMatchObject({
    code: 'QU014',
    message: `queue has an external ticker: ${external.name}`,
  });
});

test('an event whose transaction is open during an external tick is delivered after its commit', async () => {
  const queue = await openQueue(database, { external_ticker: true });
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('open');
  await tick(queue, 2, inFuture, 10);
  expect(await queue.receivePayloads()).toEqual([]);
  await session.query('commit');
  await tick(queue, 3, inFuture, 10);
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['open']);
});

test('a queue may go over to an external ticker and back', async () => {
  const queue = await openQueue(database);
  await queue.send('own');
  await queue.tick();
  await queue.configure('external_ticker', 'true');
  await queue.send('external');
  await tick(queue, 50, inFuture, 100_000);
  await queue.configure('external_ticker', 'false');
  await queue.send('own again');
  expect(await queue.tick()).toBe(51n);
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['own', 'external', 'own again']);
});

test('an unknown queue is refused', async () => {
  await expect(scalar(database, `select pgque.ticker('nope', 1, now(), 1)`)).rejects.toMatchObject({ code: 'QU001' });
});
