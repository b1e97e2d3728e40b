import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';

const database = await openTestDatabase();
const queue = await openQueue(database);
await queue.sendMany(['a', 'b', 'c', 'd']);
await queue.tick();
const [message] = await queue.receiveSome();

test('the first events come with the call, the rest by FETCH', async () => {
  const session = await database.role('pgque_admin');
  await session.query('begin');
  const first = await rows(session, `select ev_data from pgque.get_batch_cursor($1, 'odd "name"', 2)`, [
    message.batch_id,
  ]);
  expect(first).toEqual([{ ev_data: 'a' }, { ev_data: 'b' }]);
  const rest = await rows(session, 'fetch 10 from "odd ""name"""');
  expect(rest).toMatchObject([{ ev_data: 'c' }, { ev_data: 'd' }]);
  await session.query('commit');
});

test('a condition of the caller chooses among the events', async () => {
  const session = await database.role('pgque_admin');
  await session.query('begin');
  const call = `select ev_data from pgque.get_batch_cursor($1, 'c', 10, $2)`;
  const found = await rows(session, call, [message.batch_id, `ev_data = 'b' or ev_data = 'd'`]);
  expect(found).toEqual([{ ev_data: 'b' }, { ev_data: 'd' }]);
  await session.query('rollback');
});

test('the condition runs with the rights of the caller', async () => {
  const session = await database.role('pgque_admin');
  await session.query('begin');
  const call = `select * from pgque.get_batch_cursor($1, 'c', 10, 'exists (select from pg_authid)')`;
  await expect(session.query(call, [message.batch_id])).rejects.toMatchObject({ code: '42501' });
  await session.query('rollback');
});

test('a batch that is not open is refused', async () => {
  const session = await database.role('pgque_admin');
  for (const batchId of [0n, null]) {
    await session.query('begin');
    const opening = session.query(`select * from pgque.get_batch_cursor($1, 'c', 10)`, [batchId]);
    await expect(opening).rejects.toMatchObject({ code: 'QU003' });
    await session.query('rollback');
  }
});

test('readers and writers have no use of it', async () => {
  for (const role of ['pgque_reader', 'pgque_writer']) {
    const session = await database.role(role);
    const opening = session.query(`select * from pgque.get_batch_cursor(1, 'c', 10)`);
    await expect(opening).rejects.toMatchObject({ code: '42501' });
  }
});
