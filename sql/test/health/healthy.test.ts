import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openGroup } from '../support/group-driver.ts';
import { checkNames, faults, health } from '../support/health.ts';
import { passTime } from '../support/pass-time.ts';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import type { Session } from '../support/session.ts';

/** What a scheduler does, until there is nothing left to do. */
async function schedule(session: Session): Promise<void> {
  await rows(session, 'select pgque.ticker()');
  while ((await scalar<number>(session, 'select pgque.maint_retry_events()')) > 0);
  while ((await scalar<number>(session, 'select pgque.maint()')) > 0);
}

test('a fresh install is healthy: one row for each check', async () => {
  const database = await openTestDatabase();
  const found = await health(database);
  expect(found.map(({ check_name }) => check_name)).toEqual(checkNames);
  expect(Object.keys(found[0] ?? {})).toEqual(['check_name', 'status', 'queue_name', 'detail', 'hint']);
  expect(found.filter(({ status, hint }) => status !== 'ok' || hint !== null)).toEqual([]);
});

test('without queues nothing is due, whoever calls', async () => {
  const database = await openTestDatabase();
  await passTime(database, '1 day');
  expect(await faults(database)).toEqual([]);
  await openQueue(database);
  expect(await faults(database)).toEqual([]);
});

test('an install that was idle for a day is healthy, also when it wakes', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database);
  const group = await openGroup(database);
  await group.register('new');
  await group.queue.as(database, 'reader').drain();
  await queue.sendMany(['a', 'b']);
  await queue.tick();
  await queue.drain();
  for (let hour = 0; hour < 24; hour += 1) {
    await schedule(database);
    await passTime(database, '1 hour');
  }
  await schedule(database);
  await queue.sendMany(['c', 'd']);
  expect(await faults(database)).toEqual([]);
  await queue.tick();
  expect(await faults(database)).toEqual([]);
  await queue.receiveSome();
  expect(await faults(database)).toEqual([]);
});

test('a consumer that has read nothing for a day has not stood still where there was nothing to read', async () => {
  const database = await openTestDatabase();
  await openQueue(database);
  const sender = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  await sender.as(session).send('rolled back');
  await session.query('rollback');
  await sender.tick();
  await passTime(database, '1 day');
  await schedule(database);
  await schedule(database);
  expect(await faults(database)).toEqual([]);
});

test('a busy install is healthy: events, open batches, retries, rotation, all in use', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database, { rotation_period: '5 minutes', max_retries: 100 });
  const other = queue.as(database, 'other');
  await other.subscribe();
  for (let round = 0; round < 12; round += 1) {
    await queue.sendMany(['a', 'b', 'c']);
    await schedule(database);
    await queue.tick();
    await other.drain();
    const messages = await queue.receiveSome(2);
    expect(await faults(database)).toEqual([]);
    await queue.nack(messages.slice(0, 1), '1 minute');
    await queue.ack(messages[0].batch_id);
    await queue.drain();
    await passTime(database, '1 minute');
    await schedule(database);
    expect(await faults(database)).toEqual([]);
  }
});

test('a session at work, and one that is open for long and has nothing to do with queues, are no faults', async () => {
  const database = await openTestDatabase();
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  await queue.as(session).send('x');
  expect(await faults(database)).toEqual([]);
  await session.query('commit');
});

test.each(['read committed', 'repeatable read'])('one may look in a read-only transaction, in %s', async (level) => {
  const database = await openTestDatabase();
  const queue = await openQueue(database);
  await queue.send('x');
  await queue.tick();
  await queue.receiveSome();
  await passTime(database, '20 seconds');
  const session = await database.connect();
  await session.query(`begin read only isolation level ${level}`);
  for (const call of [
    'health()',
    'metrics()',
    'queue_stats()',
    'consumer_stats()',
    'in_flight()',
    `stuck_consumers('0 s')`,
    `throughput('${queue.name}')`,
  ]) {
    const found = await rows(session, `select * from pgque.${call}`);
    expect(found.length, call).toBeGreaterThan(0);
  }
  await session.query('commit');
});

test('a reader may ask, and sees the same', async () => {
  const database = await openTestDatabase();
  await openQueue(database);
  const reader = await database.role('pgque_reader');
  expect(await health(reader)).toEqual(await health(database));
});
