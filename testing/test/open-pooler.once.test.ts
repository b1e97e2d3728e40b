import { connectClient, openPooler, openTestDatabase } from '@pgque/testing';
import { afterAll, expect, test } from 'vitest';

const database = await openTestDatabase();

test('transactions of many clients share few sessions, and a setting of one may be found by another', async () => {
  const pooler = await openPooler(database.url, { poolSize: 1 });
  const clients = await Promise.all([1, 2, 3].map(() => connectClient(pooler.url)));
  afterAll(() => Promise.all(clients.map((client) => client.end())));
  const [first, second] = clients;
  if (!first || !second) throw new Error('no clients');
  const pids = await Promise.all(clients.map((client) => client.query('select pg_backend_pid() as pid')));
  expect(new Set(pids.map(({ rows }) => rows[0].pid)).size).toBe(1);
  await first.query(`set application_name = 'of the first'`);
  expect((await second.query('show application_name')).rows).toEqual([{ application_name: 'of the first' }]);
});
