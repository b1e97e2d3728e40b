import { backendPid, openPrivateServer, openTestDatabase, projectMajor, waitUntilBlocked } from '@pgque/testing';
import { expect, test } from 'vitest';

const database = await openTestDatabase({ engine: false });

test('query() answers rows of the major of the project, int8 as bigint', async () => {
  const rows = await database.query('select $1::int8 as big, current_setting($2) as version', [7, 'server_version']);
  expect(rows).toEqual([{ big: 7n, version: expect.stringMatching(new RegExp(`^${projectMajor()}\\.`)) }]);
});

test('query() without values takes several statements and answers the rows of the last', async () => {
  expect(await database.query('create temp table t as select 1; select 2 as last')).toEqual([{ last: 2 }]);
});

test('role() gives a connection that has taken the role', async () => {
  const client = await database.role('pg_monitor');
  const { rows } = await client.query('select current_user::text as name');
  expect(rows).toEqual([{ name: 'pg_monitor' }]);
});

test('waitUntilBlocked() answers once the backend waits for a lock of another session', async () => {
  await database.query('create table contested (id int)');
  const [owner, waiter, observer] = [await database.connect(), await database.connect(), await database.connect()];
  const pid = await backendPid(waiter);
  await owner.query('begin; lock table contested');
  const waiting = waiter.query('select from contested');
  await waitUntilBlocked(observer, pid);
  await owner.query('commit');
  expect((await waiting).rowCount).toBe(0);
});

test('waitUntilBlocked() says what a backend does that waits for nothing', async () => {
  const [idle, observer] = [await database.connect(), await database.connect()];
  const pid = await backendPid(idle);
  await expect(waitUntilBlocked(observer, pid, 50)).rejects.toThrow('it is idle');
});

test('drop() leaves no database behind', async () => {
  const other = await openTestDatabase({ engine: false });
  await other.query('select 1');
  await other.drop();
  expect(await database.query('select from pg_database where datname = $1', [other.name])).toEqual([]);
});

test('openPrivateServer() gives a server that may be killed without harm to the others', async () => {
  const { server, database: own } = await openPrivateServer({ durable: true, engine: false });
  await own.query('create table t as select 42 as answer');
  await server.kill('SIGKILL');
  await expect(own.query('select 1')).rejects.toThrow();
  await server.start();
  expect(await own.query('select answer from t')).toEqual([{ answer: 42 }]);
  expect(server.major).toBe(projectMajor());
});
