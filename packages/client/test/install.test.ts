import { openTestDatabase } from '@pgque/testing';
import { Client as PgClient } from 'pg';
import { expect, test } from 'vitest';
import { connect, EngineNotInstalledError, install } from '../src/index.ts';
import { openBatch } from './tick.ts';

test('install() makes an empty database ready, and again changes nothing', async () => {
  const database = await openTestDatabase({ engine: false });
  await using client = await connect(database.url);
  await expect(client.version()).rejects.toThrow(EngineNotInstalledError);
  await install(client);
  const { messages } = await openBatch(client, 'orders', [1, 2]);
  await install(client);
  expect(await client.receive('orders', 'processor')).toEqual(messages);
  await client.uninstall();
  await expect(client.version()).rejects.toThrow(EngineNotInstalledError);
});

test('ten processes may install at once', async () => {
  const database = await openTestDatabase({ engine: false });
  const clients = await Promise.all(Array.from({ length: 10 }, () => connect(database.url)));
  await Promise.all(clients.map((client) => install(client)));
  expect(await Promise.all(clients.map((client) => client.createQueue('orders')))).toContain(1);
  await Promise.all(clients.map((client) => client.close()));
});

test('install() in a transaction of the application is rolled back with it', async () => {
  const database = await openTestDatabase({ engine: false });
  const connection = new PgClient({ connectionString: database.url });
  await connection.connect();
  await connection.query('begin');
  await install(connection);
  await connection.query('rollback');
  expect(await database.query("select from pg_namespace where nspname = 'pgque'")).toEqual([]);
  await install(connection);
  await connection.end();
  expect(await database.query("select from pg_namespace where nspname = 'pgque'")).toHaveLength(1);
});

test('install() that fails leaves nothing behind', async () => {
  const database = await openTestDatabase({ engine: false });
  const session = await database.role('pg_monitor');
  await expect(install(session)).rejects.toMatchObject({ code: 'permission_denied' });
  expect(await database.query("select from pg_namespace where nspname = 'pgque'")).toEqual([]);
});
