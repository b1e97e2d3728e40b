import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { eventGeneration, maintainUntil, rotateAtOnce, sharedGenerations } from '../support/rotation.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';

const database = await openTestDatabase();
const maint = () => scalar<number>(database, 'select pgque.maint()');

test('at rest it comes to its end and then moves nothing', async () => {
  await openQueue(database);
  await maintainUntil(database, 'nothing moves', async () => (await maint()) === 0);
  expect(await maint()).toBe(0);
});

test('a queue with events rotates after rotation_period and not before', async () => {
  const queue = await openQueue(database, { rotation_period: '1 hour' });
  await maintainUntil(database, 'nothing moves', async () => (await maint()) === 0);
  await queue.send('x');
  expect(await maint()).toBe(0);
  await queue.configure('rotation_period', '1 millisecond');
  expect(await maint()).toBe(1);
  expect(await eventGeneration(database, queue.name)).toBe(4n);
});

test('a queue without new events does not rotate, however often it is asked', async () => {
  const queue = await openQueue(database, { rotation_period: '1 millisecond' });
  for (let call = 0; call < 6; call += 1) await maint();
  expect(await eventGeneration(database, queue.name)).toBe(3n);
});

test('twice in one transaction it moves once, because a phase must be committed before the next', async () => {
  const queue = await openQueue(database);
  const session = await database.connect();
  await session.query('begin');
  expect(await scalar<number>(session, 'select pgque.maint()')).toBeGreaterThan(0);
  expect(await scalar(session, 'select pgque.maint()')).toBe(0);
  expect(await scalar(session, 'select pgque.maint_rotate_tables_step1($1)', [queue.name])).toBe(0);
  await session.query('rollback');
  expect(await scalar<number>(session, 'select pgque.maint()')).toBeGreaterThan(0);
});

test('a call that is rolled back, whatever its phase, is made up for', async () => {
  const queue = await openQueue(database);
  await rotateAtOnce(queue);
  const session = await database.connect();
  const target = (await eventGeneration(database, queue.name)) + 4n;
  const payloads: string[] = [];
  await maintainUntil(database, 'four generations', async () => {
    payloads.push(String(payloads.length));
    await queue.send(payloads.at(-1) ?? null);
    await queue.tick();
    await session.query('begin');
    await scalar(session, 'select pgque.maint()');
    await session.query('rollback');
    const received = await queue.drain();
    expect(received.map((message) => message.payload)).toEqual(payloads.slice(-1));
    return (await eventGeneration(database, queue.name)) >= target;
  });
});

test('PgQ names: step 1 moves the log of one queue, step 2 the shared logs', async () => {
  const [queue, other] = [await openQueue(database), await openQueue(database)];
  await rotateAtOnce(queue);
  await other.configure('rotation_period', '1 millisecond');
  await maint();
  const before = await sharedGenerations(database);
  for (const { name } of [queue, other]) await rows(database, 'select pgque.force_next_tick($1)', [name]);
  for (let call = 0; call < 4; call += 1) {
    await rows(database, 'select pgque.maint_rotate_tables_step1($1)', [queue.name]);
    await rows(database, 'select pgque.force_next_tick($1)', [queue.name]);
  }
  expect(await eventGeneration(database, queue.name)).toBeGreaterThan(3n);
  expect(await eventGeneration(database, other.name)).toBe(3n);
  expect(await sharedGenerations(database)).toEqual(before);
  for (let call = 0; call < 8; call += 1) await rows(database, 'select pgque.maint_rotate_tables_step2()');
  expect((await sharedGenerations(database)).tick).toBeGreaterThan(before.tick);
  expect(await eventGeneration(database, other.name)).toBe(3n);
  await expect(rows(database, `select pgque.maint_rotate_tables_step1('nope')`)).rejects.toMatchObject({
    code: 'QU001',
  });
});

test.each(['maint()', `maint_rotate_tables_step1('any')`, 'maint_rotate_tables_step2()'])(
  '%s does not run in REPEATABLE READ and SERIALIZABLE',
  async (call) => {
    await rows(database, `select pgque.create_queue('any')`);
    const session = await database.connect();
    for (const level of ['repeatable read', 'serializable']) {
      await session.query(`begin isolation level ${level}`);
      await expect(session.query(`select pgque.${call}`)).rejects.toMatchObject({ code: 'QU013' });
      await session.query('rollback');
    }
  },
);
