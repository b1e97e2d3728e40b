import { inspect } from 'node:util';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { ConnectionError, type ConnectOptions, connect, InvalidArgumentError, isRetryable } from '../src/index.ts';
import { clientPids } from './block-sends.ts';

const database = await openTestDatabase();
const { hostname, port, username, password } = new URL(database.url);
const address = { host: hostname, port: Number(port), user: username, database: database.name };

test('connect() takes an address in parts, and a password from a function', async () => {
  await using client = await connect({ ...address, password: async () => password, applicationName: 'shop' });
  const rows = await client.transaction((tx) => tx.query("select current_setting('application_name') as name"));
  expect(rows).toEqual([{ name: 'shop' }]);
});

test('statementTimeoutMs has the server cancel a statement', async () => {
  await using client = await connect({ url: database.url, statementTimeoutMs: 20 });
  const outcome = client.transaction((tx) => tx.query('select pg_sleep(60)'));
  await expect(outcome).rejects.toMatchObject({ code: 'database_error', sqlstate: '57014' });
});

test('an idle connection is closed after idleTimeoutMs', async () => {
  await using client = await connect({ url: database.url, idleTimeoutMs: 1 });
  await client.version();
  await expect.poll(() => clientPids(database)).toEqual([]);
  expect(await client.version()).toEqual(expect.any(String));
});

test.each<[string, ConnectOptions, boolean]>([
  ['a wrong password', { ...address, password: 'sesame-open' }, false],
  ['a wrong database', { ...address, password, database: 'no_such_database' }, false],
  ['a wrong port', { ...address, password: 'sesame-open', port: 1 }, true],
  ['a wrong port in the URL', { url: 'postgresql://user:sesame-open@127.0.0.1:1/db' }, true],
  ['a host that does not exist', { ...address, password: 'sesame-open', host: 'host.invalid' }, true],
])('connect() with %s rejects with a sentence that keeps the secret', async (_, options, retryable) => {
  const error = await connect(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code: 'connection_failed', message: expect.stringMatching(/\w+ \w+/) });
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('sesame-open');
  expect(isRetryable(error)).toBe(retryable);
});

test('connect() with a URL that cannot be read keeps the secret as well', async () => {
  const error = await connect('postgresql://user:sesame-open@host:port/db').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidArgumentError);
  expect(inspect(error, { depth: 10 })).not.toContain('sesame-open');
});

test.each<ConnectOptions>([
  { url: database.url, host: 'elsewhere' },
  { url: database.url, maxConnections: 0 },
  { url: database.url, queryTimeoutMs: Number.POSITIVE_INFINITY },
  { url: database.url, closeTimeoutMs: 1.5 },
])('connect() refuses options that make no sense: %o', async (options) => {
  await expect(connect(options)).rejects.toThrow(InvalidArgumentError);
});
