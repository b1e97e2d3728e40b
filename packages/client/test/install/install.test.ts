import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { Client as PgClient } from 'pg';
import { expect, test } from 'vitest';
import {
  connect,
  EngineNotInstalledError,
  InvalidArgumentError,
  install,
  migrate,
  NewerVersionInstalledError,
  type PgQueryable,
} from '../../src/index.ts';
import { openBatch, tick } from '../tick.ts';
import { bundled, describeFresh, describeInstall, openOldDatabase, released } from './engines.ts';

const waiting = `
  select from pg_stat_activity
  where application_name = 'pgque' and datname = current_database() and wait_event = 'advisory'`;
const isThere = "select from pg_namespace where nspname = 'pgque'";

/** A client of its own for one test. */
async function open(database: TestDatabase, options = {}) {
  return await connect({ ...options, url: database.url });
}

test('install() makes an empty database ready, and again changes nothing', async () => {
  const database = await openTestDatabase({ engine: false });
  await using client = await open(database);
  await expect(client.version()).rejects.toThrow(EngineNotInstalledError);
  expect(await install(client)).toEqual({ from: null, to: bundled });
  const { messages } = await openBatch(client, 'orders', [1, 2]);
  expect(await install(client)).toEqual({ from: bundled, to: bundled });
  expect(await client.receive('orders', 'processor')).toEqual(messages);
  await client.uninstall();
  await expect(client.version()).rejects.toThrow(EngineNotInstalledError);
});

test('install() and migrate() bring an older engine up to date, with what is in it', { timeout: 120_000 }, async () => {
  const fresh = await describeFresh(true);
  for (const bringUp of [install, migrate]) {
    const database = await openOldDatabase();
    await using client = await open(database);
    expect(await bringUp(client)).toEqual({ from: released, to: bundled });
    expect(await bringUp(client)).toEqual({ from: bundled, to: bundled });
    expect(await describeInstall(database)).toEqual(fresh);
    await tick(client, 'orders');
    expect(await client.receive('orders', 'processor')).toMatchObject([{ payload: 1 }]);
  }
});

test('migrate() does not install', async () => {
  const database = await openTestDatabase({ engine: false });
  await using client = await open(database);
  await expect(migrate(client)).rejects.toThrow(EngineNotInstalledError);
  expect(await database.query(isThere)).toEqual([]);
});

test('where the same version is there install() writes nothing and waits for nobody', async () => {
  const database = await openTestDatabase();
  const installer = await database.connect();
  await installer.query(
    'begin; select pg_advisory_xact_lock(7170, 1); lock table pgque.queue in access exclusive mode',
  );
  await database.query(`alter database ${database.name} set default_transaction_read_only = on`);
  await using client = await open(database);
  expect(await install(client)).toEqual({ from: bundled, to: bundled });
  expect(await migrate(client)).toEqual({ from: bundled, to: bundled });
});

test.each([
  ['tables', 'update pgque.config set schema_version = schema_version + 1'],
  [
    'release',
    `create or replace function pgque.version() returns text language sql immutable as $$ select '0.10.0' $$`,
  ],
])('an engine whose %s is newer is left alone', async (_, change) => {
  const database = await openTestDatabase();
  await database.query(change);
  const before = await describeInstall(database);
  await using client = await open(database);
  for (const bringUp of [install, migrate]) {
    await expect(bringUp(client)).rejects.toMatchObject({
      code: 'newer_version_installed',
      detail: expect.stringMatching(/^installed: .+; this package: /),
    });
    await expect(bringUp(client)).rejects.toThrow(NewerVersionInstalledError);
  }
  expect(await describeInstall(database)).toEqual(before);
});

test('a package that brings another schema version than the application was tested with touches nothing', async () => {
  const untouchable: PgQueryable = { query: () => expect.fail('it was asked') };
  for (const bringUp of [install, migrate]) {
    const call = bringUp(untouchable, { schemaVersion: bundled.schemaVersion - 1 });
    await expect(call).rejects.toThrow(InvalidArgumentError);
  }
  const database = await openTestDatabase({ engine: false });
  await using client = await open(database);
  expect(await install(client, { schemaVersion: bundled.schemaVersion })).toMatchObject({ to: bundled });
});

test('install() in a transaction of the application is rolled back with it', async () => {
  const database = await openTestDatabase({ engine: false });
  const connection = new PgClient({ connectionString: database.url });
  await connection.connect();
  await connection.query('begin');
  await install(connection);
  await connection.query('rollback');
  expect(await database.query(isThere)).toEqual([]);
  await install(connection);
  await connection.end();
  expect(await database.query(isThere)).toHaveLength(1);
});

test('install() in a transaction of the client is committed with it', async () => {
  const database = await openTestDatabase({ engine: false });
  await using client = await open(database);
  await client.transaction(async (tx) => {
    expect(await install(tx)).toEqual({ from: null, to: bundled });
    await tx.createQueue('orders');
  });
  expect(await client.getQueueInfo()).toMatchObject([{ queue: 'orders' }]);
});

test('install() that fails leaves nothing behind, and its error does not repeat the script', async () => {
  const database = await openTestDatabase({ engine: false });
  const session = await database.role('pg_monitor');
  const error = await install(session).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'permission_denied', sqlstate: '42501' });
  expect(error.cause.where.length).toBeLessThan(1000);
  expect(await database.query(isThere)).toEqual([]);
});

test('install() keeps the detail and the hint of an error', async () => {
  const database = await openTestDatabase({ engine: false });
  await database.query('create schema pgque; create table pgque.mine ()');
  await using client = await open(database);
  await expect(install(client)).rejects.toMatchObject({
    sqlstate: '42P06',
    hint: expect.stringMatching(/^Nothing was/),
  });
});

test('install() works on a driver that prepares every statement', async () => {
  const database = await openTestDatabase({ engine: false });
  const connection = await database.connect();
  const preparing: PgQueryable = {
    query: ({ text, values }) => connection.query({ text, values, queryMode: 'extended' } as never) as never,
  };
  expect(await install(preparing)).toEqual({ from: null, to: bundled });
  expect(await describeInstall(database)).toEqual(await describeFresh());
});

test('the time limits of the session do not end the wait for somebody who installs', async () => {
  const database = await openTestDatabase({ engine: false });
  await database.query(`alter database ${database.name} set lock_timeout = '1s'`);
  const installer = await database.connect();
  await installer.query('begin; select pg_advisory_xact_lock(7170, 1)');
  await using client = await open(database, { statementTimeoutMs: 2000 });
  const installed = install(client);
  const observer = await database.connect();
  await expect.poll(async () => (await observer.query(waiting)).rows).toHaveLength(1);
  await installer.query('select pg_sleep(2.5); rollback');
  expect(await installed).toEqual({ from: null, to: bundled });
  const [limits] = await client.transaction((tx) => tx.query("select current_setting('statement_timeout') as timeout"));
  expect(limits).toEqual({ timeout: '2s' });
});

test('in a database whose transactions keep their first snapshot several may install at once', async () => {
  const database = await openTestDatabase({ engine: false });
  await database.query(`alter database ${database.name} set default_transaction_isolation = 'serializable'`);
  const clients = await Promise.all([1, 2, 3].map(() => open(database)));
  const installations = await Promise.all(clients.map((client) => install(client)));
  expect(installations).toContainEqual({ from: null, to: bundled });
  expect(await describeInstall(database)).toEqual(await describeFresh());
  await Promise.all(clients.map((client) => client.close()));
});
