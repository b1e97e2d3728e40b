import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, QueueDriver } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

// A queue that is created later takes over the partition of one that was dropped.
const database = await openTestDatabase();

const partitions = () =>
  scalar<string[]>(
    database,
    `select array_agg(inhrelid::regclass::text order by 1) from pg_inherits where inhparent = 'pgque.event'::regclass`,
  );

test('the next queue takes over the partition and sees nothing of the old one', async () => {
  const old = await openQueue(database);
  await old.sendMany(['old 1', 'old 2']);
  await old.tick();
  const messages = await old.receiveSome();
  await old.nack(messages);
  await old.tick();
  const before = await partitions();
  await rows(database, 'select pgque.drop_queue($1, true)', [old.name]);

  const next = new QueueDriver(database, old.name, old.consumer);
  await rows(database, 'select pgque.create_queue($1)', [next.name]);
  expect(await partitions()).toEqual(before);
  expect(await scalar(database, 'select last_tick_id from pgque.get_queue_info($1)', [next.name])).toBe(1n);
  await next.subscribe();
  expect(await scalar(database, 'select pgque.maint_retry_events()')).toBe(0);
  expect(await next.send('new')).toBe(1n);
  await next.tick();
  expect(await next.receive()).toMatchObject([{ msg_id: 1n, payload: 'new', retry_count: null }]);
});

test('a producer that began before the drop does not write into the successor', async () => {
  const old = await openQueue(database);
  const session = await database.connect();
  await session.query('begin isolation level repeatable read');
  await session.query('select 1 from pgque.queue');
  await rows(database, 'select pgque.drop_queue($1, true)', [old.name]);
  const next = await openQueue(database);
  await expect(old.as(session).send('ghost')).rejects.toThrow();
  await session.query('rollback');
  await next.send('mine');
  await next.tick();
  expect(await next.receivePayloads()).toEqual(['mine']);
});

test('a drop that is rolled back leaves the queue as it was', async () => {
  const queue = await openQueue(database);
  await queue.send('kept');
  const session = await database.connect();
  await session.query('begin');
  await rows(session, 'select pgque.drop_queue($1, true)', [queue.name]);
  await session.query('rollback');
  await queue.send('and more');
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['kept', 'and more']);
});

test('create and drop, many times, leave one partition behind', async () => {
  const before = await partitions();
  for (let round = 0; round < 5; round += 1) {
    const queue = await openQueue(database);
    await queue.send('x');
    await rows(database, 'select pgque.drop_queue($1, true)', [queue.name]);
  }
  expect((await partitions()).length).toBeLessThanOrEqual(before.length + 1);
});
