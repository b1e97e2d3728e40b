import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { EmbeddedError, type Major, startServer } from '../src/index.ts';
import { onConnection } from '../src/server-connection.ts';
import { ownTemporaryDirectory } from './own-temporary-directory.ts';
import { processesNaming } from './server-processes.ts';

test('a port that is taken is refused with its number', async () => {
  const owner = createServer().listen(0, '127.0.0.1');
  await once(owner, 'listening');
  const address = owner.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(startServer({ source: 'binaries', port })).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringContaining(String(port)),
  });
  owner.close();
});

test('settings of the caller go before the defaults, quotes and all', async () => {
  await using server = await startServer({
    source: 'binaries',
    settings: { shared_buffers: '16MB', application_name: "it's" },
  });
  const { rows } = await onConnection(server.url, (client) =>
    client.query(`select current_setting('shared_buffers') as buffers, reset_val as name
                  from pg_settings where name = 'application_name'`),
  );
  expect(rows).toEqual([{ buffers: '16MB', name: "it's" }]);
});

test('a setting the server does not know fails with its words', async () => {
  const failure = startServer({ source: 'binaries', settings: { no_such_setting: 1 } });
  await expect(failure).rejects.toMatchObject({
    code: 'start-failed',
    message: expect.stringContaining('no_such_setting'),
  });
});

test('a server asks for the password', async () => {
  await using server = await startServer({ source: 'binaries' });
  const url = new URL(server.url);
  url.password = 'wrong';
  await expect(onConnection(url.href, (client) => client.query('select 1'))).rejects.toMatchObject({ code: '28P01' });
});

test('an aborted start rejects with the reason and leaves nothing', async () => {
  using folder = ownTemporaryDirectory();
  vi.stubEnv('TMPDIR', folder.path);
  const controller = new AbortController();
  const starting = startServer({ source: 'binaries', signal: controller.signal });
  const outcome = expect(starting).rejects.toThrow('no longer wanted');
  await expect.poll(() => processesNaming(folder.path).length, { interval: 1 }).toBeGreaterThan(0);
  controller.abort(new Error('no longer wanted'));
  await outcome;
  vi.unstubAllEnvs();
  expect(processesNaming(folder.path)).toEqual([]);
  expect(readdirSync(folder.path)).toEqual([]);
});

test('an unknown major is refused', async () => {
  await expect(startServer({ major: 13 as Major })).rejects.toMatchObject({ code: 'unsupported-major' });
});

test('a running server is used through PGQUE_TEST_URL and never stopped', async () => {
  await using server = await startServer({ source: 'binaries' });
  vi.stubEnv('PGQUE_TEST_URL', server.url);
  const given = await startServer();
  expect(given).toMatchObject({ source: 'url', major: server.major, port: server.port, pid: undefined });
  await expect(given.kill()).rejects.toMatchObject({ code: 'unsupported-operation' });
  await expect(startServer({ major: 14 })).rejects.toMatchObject({ code: 'version-mismatch' });
  await given.stop();
  vi.unstubAllEnvs();
  const { rowCount } = await onConnection(server.url, (client) => client.query('select 1'));
  expect(rowCount).toBe(1);
});

test('the source "url" without PGQUE_TEST_URL is refused', async () => {
  vi.stubEnv('PGQUE_TEST_URL', undefined);
  const failure = await startServer({ source: 'url' }).catch((error: unknown) => error);
  vi.unstubAllEnvs();
  expect(failure).toBeInstanceOf(EmbeddedError);
  expect(failure).toMatchObject({ code: 'source-unavailable' });
});
