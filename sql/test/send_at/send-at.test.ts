import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { maintainUntil, rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const session = await database.connect();

const sendAt = (queue: QueueDriver, payload: string, when: string): Promise<bigint> =>
  scalar(queue.session, `select pgque.send_at($1, 'timed', $2::text, ${when})`, [queue.name, payload]);

test('a delayed message is delivered once it is due, and not before', async () => {
  const queue = await openQueue(database);
  await sendAt(queue, 'x', `interval '200 ms'`);
  expect(await queue.moveRetries()).toBe(0);
  expect(await queue.receive()).toEqual([]);
  // The only way to meet a moment is to wait for it, by the server's own clock.
  await database.query('select pg_sleep_until(max(due_at)) from pgque.later');
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.moveRetries()).toBe(0);
  expect(await queue.receive()).toMatchObject([{ payload: 'x', type: 'timed', retry_count: null }]);
});

test('a time that is past is due at once, for every consumer, in the order of the times', async () => {
  const queue = await openQueue(database);
  const other = queue.as(database, 'other');
  await other.subscribe();
  await sendAt(queue, 'second', `now() - interval '1 hour'`);
  await sendAt(queue, 'first', `now() - interval '2 hours'`);
  expect(await scalar(database, 'select pgque.maint_deliver_delayed()')).toBe(2);
  await queue.tick();
  expect(await queue.receivePayloads()).toEqual(['first', 'second']);
  expect(await other.receivePayloads()).toEqual(['first', 'second']);
});

test('what is rolled back is never delivered, and what commits late is delivered once', async () => {
  const queue = await openQueue(database);
  await session.query('begin');
  await sendAt(queue.as(session), 'rolled back', `interval '0'`);
  await session.query('rollback; begin');
  await sendAt(queue.as(session), 'late', `interval '0'`);
  expect(await queue.moveRetries()).toBe(0);
  await session.query('commit');
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.moveRetries()).toBe(0);
  expect(await queue.receivePayloads()).toEqual(['late']);
});

test('sent and moved in one transaction, it is left to the next move', async () => {
  const queue = await openQueue(database);
  await session.query('begin');
  await sendAt(queue.as(session), 'x', `interval '0'`);
  await scalar(session, 'select pgque.maint_retry_events()');
  await session.query('commit');
  expect(await queue.moveRetries()).toBe(1);
  expect(await queue.receivePayloads()).toEqual(['x']);
});

test('a message for next month outlives any number of rotations', async () => {
  const queue = await openQueue(database);
  await rotateAtOnce(queue);
  const id = await sendAt(queue, 'next month', `interval '1 month'`);
  const { later } = await sharedGenerations(database);
  await maintainUntil(
    database,
    'five rotations of later',
    async () => {
      await sendAt(queue, 'passing', `interval '0'`);
      await sendAt(queue, 'passing', `interval '0'`);
      await queue.moveRetries();
      await queue.drain();
      return (await sharedGenerations(database)).later >= later + 5n;
    },
    100,
  );
  expect(await scalar(database, 'select pgque.cancel($1)', [id])).toBe(true);
});

test.each([
  ['no queue', `'nowhere', 't', 'x'::text, now()`, 'QU001'],
  ['NULL', `$1, 't', 'x'::text, null::timestamptz`, 'QU005'],
  ['infinity', `$1, 't', 'x'::text, 'infinity'::timestamptz`, 'QU005'],
])('%s is refused', async (_, args, code) => {
  const queue = await openQueue(database);
  await expect(
    database.query(`select pgque.send_at(${args})`, args.includes('$1') ? [queue.name] : []),
  ).rejects.toMatchObject({ code });
});
