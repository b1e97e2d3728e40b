import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const info = (queue: string | null, consumer: string | null = null) =>
  database.query<Record<string, unknown>>('select * from pgque.get_consumer_info($1, $2)', [queue, consumer]);
const pending = (queue: QueueDriver) =>
  scalar<bigint>(database, 'select pending_events from pgque.get_consumer_info($1, $2)', [queue.name, queue.consumer]);

test('the columns are those of the contract, in their order', async () => {
  const queue = await openQueue(database);
  const [row] = await info(queue.name);
  expect(Object.keys(row ?? {})).toEqual([
    'queue_name',
    'consumer_name',
    'lag',
    'last_seen',
    'last_tick',
    'current_batch',
    'next_tick',
    'pending_events',
  ]);
  expect(row).toMatchObject({
    queue_name: queue.name,
    consumer_name: queue.consumer,
    last_tick: 1n,
    current_batch: null,
    next_tick: null,
    pending_events: 0n,
  });
});

test('an open batch shows with its tick, and goes with the ack', async () => {
  const queue = await openQueue(database);
  await queue.send('x');
  const tickId = await queue.tick();
  const [message] = await queue.receiveSome();
  expect(await info(queue.name)).toMatchObject([{ last_tick: 1n, current_batch: message.batch_id, next_tick: tickId }]);
  await queue.ack(message.batch_id);
  expect(await info(queue.name)).toMatchObject([{ last_tick: tickId, current_batch: null, next_tick: null }]);
});

test('pending_events counts events that are not acknowledged, ticked or not, and no gaps', async () => {
  const queue = await openQueue(database);
  await queue.sendMany(['a', 'b', 'c']);
  await queue.tick();
  await queue.sendMany(['d', 'e']);
  expect(await pending(queue)).toBe(5n);
  const [message] = await queue.receiveSome(2);
  expect(await pending(queue)).toBe(5n);
  await queue.ack(message.batch_id);
  expect(await pending(queue)).toBe(3n);
  await queue.drain();
  expect(await pending(queue)).toBe(2n);
  await queue.tick();
  await queue.drain();
  expect(await pending(queue)).toBe(0n);
});

test('retries count for the consumer that asked for them, once they have moved', async () => {
  const queue = await openQueue(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  await queue.send('x');
  await queue.tick();
  const messages = await queue.receiveSome();
  await queue.nack(messages);
  await queue.ack(messages[0].batch_id);
  await other.drain();
  expect([await pending(queue), await pending(other)]).toEqual([0n, 0n]);
  await scalar(database, 'select pgque.maint_retry_events()');
  expect([await pending(queue), await pending(other)]).toEqual([1n, 0n]);
});

test('lag is the age of the position, last_seen the time since the consumer last did something', async () => {
  const queue = await openQueue(database);
  await database.query(`update pgque.cursor set tick_time = tick_time - interval '1 hour',
    changed_at = changed_at - interval '2 hours'
    where kind = 's' and subject = (select max(subscription_id) from pgque.subscription)`);
  const [row] = await database.query(
    `select lag between '1 hour' and '1 hour 1 minute' as is_lag, last_seen between '2 hours' and '2 hours 1 minute' as is_seen
     from pgque.get_consumer_info($1)`,
    [queue.name],
  );
  expect(row).toEqual({ is_lag: true, is_seen: true });
});

test('all, those of a queue, and one are listed by name', async () => {
  const queue = await openQueue(database);
  await queue.as(database, 'a').subscribe();
  const names = async (...args: [string | null, string?]) => (await info(...args)).map((row) => row['consumer_name']);
  expect(await names(queue.name)).toEqual(['a', queue.consumer]);
  expect(await names(queue.name, 'a')).toEqual(['a']);
  expect(await names(null, 'a')).toEqual(['a']);
  expect(await scalar(database, 'select count(*) from pgque.subscription')).toBe(BigInt((await info(null)).length));
});

test('an unknown queue and an unknown consumer are refused', async () => {
  const queue = await openQueue(database);
  await expect(info('nope')).rejects.toMatchObject({ code: 'QU001', message: 'queue not found: nope' });
  await expect(info(queue.name, 'nobody')).rejects.toMatchObject({
    code: 'QU002',
    message: `consumer not registered: ${queue.name}, nobody`,
  });
});
