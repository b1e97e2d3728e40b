import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import {
  eventGeneration,
  maintainUntil,
  rotateAtOnce,
  rotateEventLog,
  sharedGenerations,
} from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();

async function rotating(): Promise<QueueDriver> {
  const queue = await openQueue(database);
  await rotateAtOnce(queue);
  return queue;
}

/** So many calls of maint(), with something to rotate for. */
async function maintain(queue: QueueDriver, calls = 12): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    await rows(database, 'select pgque.force_next_tick($1)', [queue.name]);
    await rows(database, 'select pgque.maint()');
  }
}

const storedEvents = (queue: QueueDriver) =>
  scalar<bigint>(
    database,
    'select count(*) from pgque.event e join pgque.queue q on q.log_id = e.log_id where q.queue_name = $1',
    [queue.name],
  );

test('events go with the slot once every consumer has passed them, and not before', async () => {
  const queue = await rotating();
  const slow = queue.as(database, 'slow');
  await slow.subscribe();
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  await queue.drain();
  await maintain(queue, 10);
  expect(await storedEvents(queue)).toBe(2n);
  expect((await slow.drain()).map((message) => message.payload)).toEqual(['a', 'b']);
  await queue.tick();
  await slow.drain();
  await queue.drain();
  await maintainUntil(database, 'no events stored', async () => {
    await rows(database, 'select pgque.force_next_tick($1)', [queue.name]);
    return (await storedEvents(queue)) === 0n;
  });
});

test('a queue without consumers keeps nothing', async () => {
  const queue = await rotating();
  await rows(database, 'select pgque.unsubscribe($1, $2)', [queue.name, queue.consumer]);
  await queue.sendMany(['a', 'b']);
  await rotateEventLog(queue, 3);
  expect(await storedEvents(queue)).toBe(0n);
});

test('an uncommitted event keeps its slot, and is delivered after the commit', async () => {
  const queue = await rotating();
  const producer = await database.connect();
  await producer.query('begin');
  await queue.as(producer).send('open for long');
  const before = await eventGeneration(database, queue.name);
  await maintain(queue, 10);
  // At most until the slot would be the next to be emptied.
  expect((await eventGeneration(database, queue.name)) - before).toBeLessThanOrEqual(2n);
  await queue.send('meanwhile');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['meanwhile']);
  await producer.query('commit');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['open for long']);
  await rotateEventLog(queue, 3);
});

test('a producer whose REPEATABLE READ transaction began many rotations ago loses nothing', async () => {
  const queue = await rotating();
  const producer = await database.connect();
  await producer.query('begin isolation level repeatable read');
  await producer.query('select count(*) from pgque.queue');
  for (let round = 0; round < 6; round += 1) {
    await queue.send(`round ${round}`);
    await queue.tick();
    await queue.drain();
    await rotateEventLog(queue);
  }
  await queue.as(producer).sendMany(['old 1', 'old 2']);
  await queue.as(producer).send('old 3');
  await maintain(queue);
  await producer.query('commit');
  await queue.tick();
  expect((await queue.drain()).map((message) => message.payload)).toEqual(['old 1', 'old 2', 'old 3']);
});

test('a consumer at long exactly-once work holds what it reads, and not the oldest slot, which it has passed', async () => {
  const queue = await rotating();
  await queue.send('passed');
  await queue.tick();
  await queue.drain();
  await rotateEventLog(queue, 2);
  // The slot of the passed event is the next to be emptied; this notes that nobody writes there any more.
  await rows(database, 'select pgque.maint()');
  expect(await storedEvents(queue)).toBe(1n);
  await queue.tick();
  await queue.drain();
  await queue.sendMany(['worked on', 'worked on too']);
  await queue.tick();

  const worker = await database.connect();
  await worker.query('begin');
  const messages = await queue.as(worker).receiveSome();
  await maintainUntil(database, 'the passed event is gone', async () => (await storedEvents(queue)) === 2n, 3);
  await maintain(queue, 6);
  expect(await storedEvents(queue)).toBe(2n);
  expect(await queue.as(worker).ack(messages[0].batch_id)).toBe(1);
  await worker.query('commit');
  expect(messages.map((message) => message.payload)).toEqual(['worked on', 'worked on too']);
  await queue.tick();
  expect(await queue.drain()).toEqual([]);
  await rotateEventLog(queue, 3);
  expect(await storedEvents(queue)).toBe(0n);
});

test('while a consumer is at long work everybody else goes on, and the shared logs rotate again behind it', async () => {
  const [queue, other] = [await rotating(), await rotating()];
  await queue.send('x');
  await queue.tick();
  const worker = await database.connect();
  await worker.query('begin');
  const [message] = await queue.as(worker).receiveSome();
  await queue.as(worker).ack(message.batch_id);
  const before = await sharedGenerations(database);
  const otherBefore = await eventGeneration(database, other.name);
  for (const payload of ['1', '2', '3', '4', '5', '6', '7', '8']) {
    await other.send(payload);
    await other.tick();
    expect((await other.drain()).map((received) => received.payload)).toEqual([payload]);
    await rows(database, 'select pgque.maint()');
  }
  // What the worker has appended to the cursor log may not be carried before it has committed.
  expect((await sharedGenerations(database)).cursor - before.cursor).toBeLessThanOrEqual(1n);
  expect(await eventGeneration(database, other.name)).toBeGreaterThan(otherBefore);
  await worker.query('commit');
  expect(await queue.receive()).toEqual([]);
  await maintainUntil(database, 'the cursor and the tick log rotate again', async () => {
    await other.tick();
    await other.receive();
    const now = await sharedGenerations(database);
    return now.cursor > before.cursor + 2n && now.tick > before.tick + 2n;
  });
});

test('an idle REPEATABLE READ transaction with an id stops no rotation', async () => {
  const queue = await rotating();
  const idler = await database.connect();
  await idler.query('begin isolation level repeatable read');
  await idler.query('select pg_current_xact_id(), count(*) from pgque.queue');
  const [events, shared] = [await eventGeneration(database, queue.name), await sharedGenerations(database)];
  for (let round = 0; round < 4; round += 1) {
    await queue.sendMany(['1', '2', '3']);
    await queue.tick();
    const messages = await queue.receiveSome();
    await queue.nack(messages);
    await queue.ack(messages[0].batch_id);
    await queue.moveRetries();
    await queue.drain();
    await rotateEventLog(queue);
    await maintain(queue, 4);
  }
  const after = await sharedGenerations(database);
  expect((await eventGeneration(database, queue.name)) - events).toBeGreaterThanOrEqual(4n);
  expect(after.tick).toBeGreaterThan(shared.tick + 2n);
  expect(after.cursor).toBeGreaterThan(shared.cursor + 2n);
  expect(after.later).toBeGreaterThan(shared.later + 1n);
  await idler.query('commit');
});
