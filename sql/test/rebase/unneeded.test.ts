import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { Chance } from '../random/chance.ts';
import { rows } from '../support/rows.ts';
import { scalar } from '../support/scalar.ts';
import { startBlocked } from '../support/start-blocked.ts';
import { makeHistory } from './history.ts';
import { openOwn, rebase, restoreAndRebase } from './open-restored.ts';
import { transplant } from './transplant.ts';

test('in a database that was not restored it returns 0 and changes nothing, also while others are at work', async () => {
  const database = await openTestDatabase();
  await makeHistory(database, new Chance(1), 60);
  const stored = async () => [
    await rows(database, 'select tableoid::regclass::text, ctid::text, e.* from pgque.event e order by 1, 2'),
    await rows(database, 'select tableoid::regclass::text, ctid::text, c.* from pgque.cursor c order by 1, 2'),
    await rows(database, 'select tableoid::regclass::text, ctid::text, t.* from pgque.tick t order by 1, 2'),
    await rows(database, 'select tableoid::regclass::text, ctid::text, l.* from pgque.later l order by 1, 2'),
  ];
  const before = await stored();
  const other = await database.connect();
  await other.query('begin');
  await rows(other, `select pgque.send('first', 'open'::text)`);
  await rows(other, `select pgque.send_at('first', 'default', 'open'::text, interval '1 hour')`);
  await rows(other, `select * from pgque.receive('first', 'steady')`);
  expect(await rebase(database)).toBe(0);
  // Neither in the transaction that has stored its own id.
  expect(await rebase(other)).toBe(0);
  await other.query('rollback');
  expect(await stored()).toEqual(before);
});

test('called again it returns 0', async () => {
  const { database, queue } = await openOwn();
  await queue.send('x');
  expect(await restoreAndRebase(database)).toBe(1);
  expect(await rebase(database)).toBe(0);
  await queue.tick();
  expect(await rebase(database)).toBe(0);
});

test('a database may be restored again and again', async () => {
  const { database, queue } = await openOwn();
  const sent: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (const payload of [`${round} ticked`, `${round} not ticked`]) {
      sent.push(payload);
      await queue.send(payload);
      if (payload.endsWith(' ticked')) await queue.tick();
    }
    expect(await restoreAndRebase(database)).toBe(1);
  }
  await queue.tick();
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(sent);
});

test.each(['repeatable read', 'serializable'])('it refuses %s', async (level) => {
  const { database } = await openOwn();
  const session = await database.connect();
  await session.query(`begin isolation level ${level}`);
  await expect(rebase(session)).rejects.toMatchObject({ code: 'QU013' });
});

test('it is for admins only', async () => {
  const { database } = await openOwn();
  for (const role of ['pgque_reader', 'pgque_writer']) {
    await expect(rebase(await database.role(role))).rejects.toMatchObject({ code: '42501' });
  }
  await transplant(database);
  expect(await rebase(await database.role('pgque_admin'))).toBe(1);
});

test.each([
  ['sends', `select pgque.send($1, 'x'::text)`],
  ['delays', `select pgque.send_at($1, 'default', 'x'::text, interval '0 seconds')`],
  ['receives', `select * from pgque.receive($1, 'reader')`],
])('it waits for an open transaction that %s, and nothing of that is lost', async (_, statement) => {
  const { database, queue } = await openOwn();
  await queue.send('before');
  await queue.tick();
  await transplant(database);
  const [other, operator] = [await database.connect(), await database.connect()];
  await other.query('begin');
  await rows(other, statement, [queue.name]);
  const { answer } = await startBlocked(database, operator, () => rebase(operator));
  await other.query('commit');
  expect(await answer).toBe(1);
  while ((await scalar<number>(database, 'select pgque.maint_retry_events()')) > 0);
  await queue.tick();
  const payloads = (await queue.drain()).map(({ payload }) => payload);
  expect(payloads).toEqual(statement.includes('receive') ? ['before'] : ['before', 'x']);
});

test('who sends or receives meanwhile waits, and goes on afterwards', async () => {
  const { database, queue } = await openOwn();
  await queue.send('a');
  await queue.tick();
  await transplant(database);
  const [operator, producer, consumer] = [await database.connect(), await database.connect(), await database.connect()];
  await operator.query('begin');
  expect(await rebase(operator)).toBe(1);
  const sent = await startBlocked(database, producer, () => queue.as(producer).send('b'));
  const received = await startBlocked(database, consumer, () => queue.as(consumer).receiveSome());
  await operator.query('commit');
  await sent.answer;
  const [a] = await received.answer;
  expect(a.payload).toBe('a');
  await queue.ack(a.batch_id);
  await queue.tick();
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['b']);
});

test('what its own transaction sends afterwards is delivered', async () => {
  const { database, queue } = await openOwn();
  await transplant(database);
  const session = await database.connect();
  await session.query('begin');
  expect(await rebase(session)).toBe(1);
  await queue.as(session).send('x');
  await session.query('commit');
  await queue.tick();
  expect((await queue.drain()).map(({ payload }) => payload)).toEqual(['x']);
});
