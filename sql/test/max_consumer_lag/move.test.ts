import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { deadTuples } from '../support/dead-tuples.ts';
import { fallBehind, gaps, maintain, openQueueWithLimit, storedEvents } from '../support/late-consumer.ts';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { eventGeneration, maintainUntil, rotateEventLog } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

const payloadsOf = async (queue: QueueDriver): Promise<(string | null)[]> =>
  (await queue.drain()).map((message) => message.payload);

test('a consumer too far behind is moved to the oldest position still held, and no further, when its slot is needed', async () => {
  const queue = await openQueueWithLimit(database);
  const start = await scalar<bigint>(database, 'select last_tick from pgque.get_consumer_info($1)', [queue.name]);
  await queue.sendMany(['1', '2', '3']);
  const passed = await queue.tick();
  await fallBehind(database);
  await rotateEventLog(queue);
  await queue.sendMany(['4', '5']);
  await queue.tick();
  expect(await gaps(queue)).toEqual([]);
  await rotateEventLog(queue);
  await rows(database, 'select pgque.maint(), pgque.maint()');
  await rows(database, 'select pgque.maint()');
  expect(await gaps(queue)).toEqual([
    { consumer_name: queue.consumer, tick_id: start, next_tick_id: passed, events: 3n },
  ]);
  expect(await storedEvents(queue)).toBe(2n);
  expect(await payloadsOf(queue)).toEqual(['4', '5']);
  await queue.send('6');
  await queue.tick();
  expect(await payloadsOf(queue)).toEqual(['6']);
});

test('rotation goes on however long a consumer is away, and it gets what is sent when it is back', async () => {
  const queue = await openQueueWithLimit(database);
  const before = await eventGeneration(database, queue.name);
  for (let day = 0; day < 5; day += 1) {
    await queue.sendMany(['a', 'b', 'c', 'd']);
    await queue.tick();
    await fallBehind(database);
    await maintain(queue);
  }
  expect((await eventGeneration(database, queue.name)) - before).toBeGreaterThan(10n);
  expect(await storedEvents(queue)).toBeLessThanOrEqual(4n);
  expect((await gaps(queue)).reduce((sum, { events }) => sum + events, 0n)).toBeGreaterThanOrEqual(16n);
  await queue.send('back');
  await queue.tick();
  expect((await payloadsOf(queue)).at(-1)).toBe('back');
});

test('without the setting nobody is ever moved', async () => {
  const queue = await openQueue(database, { rotation_period: '1 millisecond' });
  await queue.sendMany(['1', '2']);
  await queue.tick();
  await fallBehind(database);
  await maintain(queue);
  expect(await gaps(queue)).toEqual([]);
  expect(await payloadsOf(queue)).toEqual(['1', '2']);
});

test('events are counted as they are: without gaps of the sequence, rolled-back sends, and pages that are acknowledged', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.sendMany(['1', '2', '3', '4', '5']);
  const producer = await database.connect();
  await producer.query('begin');
  await queue.as(producer).sendMany(['never', 'never']);
  await producer.query('rollback');
  await queue.tick();
  const [message] = await queue.receiveSome(2);
  await queue.ack(message.batch_id);
  await queue.receiveSome(2);
  await queue.sendMany(['6', '7']);
  await queue.tick();
  await queue.sendMany(['8', '9', '10', '11']);
  await queue.tick();
  await fallBehind(database);
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ events: 9n }]);
});

test('of a window that reaches beyond the new position, what is acknowledged does not come again', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.configure('ticker_max_count', '1');
  await queue.sendMany(['1', '2']);
  await rows(database, 'select pgque.ticker($1)', [queue.name]);
  await rotateEventLog(queue);
  await queue.sendMany(['3', '4', '5', '6']);
  await queue.tick();
  const [message] = await queue.receiveSome(3);
  expect(await queue.ack(message.batch_id)).toBe(1);
  const [open] = await queue.receiveSome(1);
  await fallBehind(database);
  await maintainUntil(database, 'the first two are gone', async () => {
    await rows(database, 'select pgque.force_next_tick($1)', [queue.name]);
    return (await storedEvents(queue)) === 4n;
  });
  expect(await queue.ack(open.batch_id)).toBe(0);
  expect(await payloadsOf(queue)).toEqual(['4', '5', '6']);
  expect(await gaps(queue)).toEqual([]);
});

test('the open batch of a consumer that is moved is stale afterwards', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.sendMany(['1', '2']);
  await queue.tick();
  const messages = await queue.receiveSome();
  const reader = await database.connect();
  await reader.query('begin isolation level repeatable read');
  await reader.query('select count(*) from pgque.queue');
  await fallBehind(database);
  await maintain(queue);
  expect(await queue.ack(messages[0].batch_id)).toBe(0);
  await expect(queue.nack(messages)).rejects.toMatchObject({ code: 'QU003' });
  expect(await scalar(database, 'select pgque.settle($1)', [messages[0].batch_id])).toBe(0);
  expect(await queue.receive()).toEqual([]);
  // Nor has it a chance with a snapshot from before.
  await expect(queue.as(reader).ack(messages[0].batch_id)).rejects.toMatchObject({ code: '40001' });
  await reader.query('rollback');
  expect(await gaps(queue)).toMatchObject([{ events: 2n }]);
});

test('a producer in an open transaction goes on, and what it sends is delivered', async () => {
  const queue = await openQueueWithLimit(database);
  await queue.send('passed over');
  await queue.tick();
  await fallBehind(database);
  await rotateEventLog(queue, 2);
  const producer = await database.connect();
  await producer.query('begin');
  await queue.as(producer).send('first');
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ events: 1n }]);
  await queue.as(producer).send('second');
  await producer.query('commit');
  await queue.tick();
  expect(await payloadsOf(queue)).toEqual(['first', 'second']);
});

test('a pinned horizon keeps no consumer from being moved, and leaves no dead tuple', async () => {
  const own = await openTestDatabase();
  const queue = await openQueueWithLimit(own);
  await queue.sendMany(['1', '2', '3']);
  await queue.tick();
  // Time is made to pass by updates, whose dead tuples are none of the engine's.
  await fallBehind(own);
  await rows(
    own,
    'vacuum pgque.tick_0, pgque.tick_1, pgque.tick_2, pgque.cursor_0, pgque.cursor_1, pgque.cursor_2, pgque.queue',
  );
  await rows(own, 'vacuum pgque.event');
  const pin = await own.connect();
  await pin.query('begin isolation level repeatable read');
  await pin.query('select pg_current_xact_id(), count(*) from pgque.queue');
  await maintain(queue);
  expect(await gaps(queue)).toMatchObject([{ events: 3n }]);
  expect(await storedEvents(queue)).toBe(0n);
  expect(await deadTuples(own)).toEqual([]);
  await pin.query('rollback');
});
