import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { fallBehind, gaps, maintain, openGroupWithLimit, openQueueWithLimit } from '../support/late-consumer.ts';
import { passTime } from '../support/pass-time.ts';
import type { QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

// Retries of a consumer that is moved are kept, wherever they are on their way.
const database = await openTestDatabase();

const received = async (queue: QueueDriver): Promise<[string | null, number | null][]> =>
  (await queue.drain()).map(({ payload, retry_count }) => [payload, retry_count]);

test('those that are not due', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.send('retried');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages, '3 hours');
  await queue.ack(messages[0].batch_id);
  await queue.send('passed over');
  await queue.tick();
  await fallBehind(database);
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ events: 1n }]);
  expect(await received(queue)).toEqual([]);
  await passTime(database, '1 hour');
  await queue.moveRetries();
  expect(await received(queue)).toEqual([['retried', 1]]);
});

test('those that are due and not received, once, also when it is moved again and again', async () => {
  const queue = await openQueueWithLimit(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  await queue.sendMany(['retried', 'retried too']);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  await queue.moveRetries();
  for (let round = 1; round <= 3; round += 1) {
    await queue.send('passed over');
    await queue.tick();
    await other.drain();
    await fallBehind(database);
    await maintain(queue);
  }
  expect(await gaps(queue)).toMatchObject([{ events: 1n }, { events: 1n }, { events: 1n }]);
  await queue.tick();
  expect(await received(queue)).toEqual([
    ['retried', 1],
    ['retried too', 1],
  ]);
  expect(await received(other)).toEqual([]);
});

test('those that were received in part: what is acknowledged does not come again', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.sendMany(['1', '2', '3']);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  await queue.moveRetries();
  const [first] = await queue.receiveSome(1);
  await queue.ack(first.batch_id);
  await fallBehind(database);
  await maintain(queue);
  await queue.tick();
  expect(await received(queue)).toEqual([
    ['2', 1],
    ['3', 1],
  ]);
});

test('those that are kept make a tick due', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.configure('ticker_max_lag', '0 seconds');
  await queue.send('retried');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  await queue.moveRetries();
  const worker = await database.connect();
  await worker.query('begin');
  await queue.as(worker).receiveSome();
  await fallBehind(database);
  await maintain(queue);
  await worker.query('rollback');
  await queue.tick();
  const ticked = () => scalar<bigint | null>(database, 'select pgque.ticker($1)', [queue.name]);
  // Transactions of other databases that were open at a tick make one due when they end.
  await expect.poll(ticked).toBe(null);
  await rows(database, 'select pgque.maint()');
  expect(await ticked()).not.toBe(null);
  expect(await received(queue)).toEqual([['retried', 1]]);
});

test('what was given back in the open batch comes once, as the retry that it is', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.sendMany(['done', 'second time', 'dead']);
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages.slice(1));
  await queue.ack(messages[0].batch_id);
  await queue.moveRetries();
  await queue.send('passed over');
  await queue.tick();
  const [second, dead] = await queue.receiveSome();
  await queue.nack([second]);
  await scalar(database, `select pgque.event_dead($1, $2, 'no use')`, [second.batch_id, dead?.msg_id]);
  await fallBehind(database);
  await maintain(queue);
  await queue.moveRetries();
  expect(await gaps(queue)).toMatchObject([{ events: 1n }]);
  expect(await received(queue)).toEqual([['second time', 2]]);
});

test('those of a group, also in the batch that a member loses', async () => {
  const group = await openGroupWithLimit(database);
  const { queue } = group;
  await queue.sendMany(['retried', 'passed over']);
  await queue.tick();
  const batch = await group.receive('a');
  await queue.nack(batch.slice(0, 1));
  await queue.ack(batch[0]?.batch_id);
  await queue.moveRetries();
  const retried = await group.receive('a');
  expect(retried).toMatchObject([{ payload: 'retried', retry_count: 1 }]);
  await fallBehind(database);
  await maintain(queue);
  await queue.tick();
  expect(await queue.ack(retried[0]?.batch_id)).toBe(0);
  expect(await group.receive('b')).toMatchObject([{ payload: 'retried', retry_count: 1 }]);
});
