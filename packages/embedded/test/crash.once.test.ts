import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startServer } from '../src/index.ts';
import { childrenOf, isAlive } from '../src/process-tree.ts';
import { onConnection } from '../src/server-connection.ts';

test('committed rows of a durable server survive kill("SIGKILL") and start()', async () => {
  await using server = await startServer({ source: 'binaries', durable: true });
  await onConnection(server.url, (client) => client.query('create table t as select 42 as answer'));
  const { port, url } = server;
  await server.kill('SIGKILL');
  expect(server.pid).toBeUndefined();
  await server.start();
  expect({ port: server.port, url: server.url }).toEqual({ port, url });
  const { rows } = await onConnection(server.url, (client) => client.query('select answer from t'));
  expect(rows).toEqual([{ answer: 42 }]);
});

test('kill("SIGKILL") ends the postmaster with all its children', async () => {
  await using server = await startServer({ source: 'binaries' });
  const pids = [server.pid ?? 0, ...childrenOf(server.pid ?? 0)];
  expect(pids.length).toBeGreaterThan(3);
  await server.kill();
  expect(pids.filter(isAlive)).toEqual([]);
});

test.each(['SIGINT', 'SIGQUIT', 'SIGTERM'] as const)('the server starts again after kill("%s")', async (signal) => {
  await using server = await startServer({ source: 'binaries' });
  await server.kill(signal);
  await expect(onConnection(server.url, (client) => client.query('select 1'))).rejects.toThrow('ECONNREFUSED');
  await server.start();
  const { rowCount } = await onConnection(server.url, (client) => client.query('select 1'));
  expect(rowCount).toBe(1);
});

test('a postmaster that died from elsewhere shows in pid and can be started again', async () => {
  await using server = await startServer({ source: 'binaries' });
  process.kill(server.pid ?? 0, 'SIGKILL');
  await expect.poll(() => server.pid).toBeUndefined();
  await server.start();
  expect(isAlive(server.pid ?? 0)).toBe(true);
});

test('stop() after a crash leaves no System V shared memory', async () => {
  const server = await startServer({ source: 'binaries' });
  const lockFile = readFileSync(join(server.dataDirectory ?? '', 'postmaster.pid'), 'utf8');
  const id = lockFile.split('\n')[6]?.trim().split(/\s+/)[1];
  await server.kill('SIGKILL');
  await server.stop();
  const segments = existsSync('/proc/sysvipc/shm') ? readFileSync('/proc/sysvipc/shm', 'utf8').split('\n') : [];
  expect(segments.map((line) => line.trim().split(/\s+/)[1])).not.toContain(id);
});

test('stop() can be called twice and at once, and start() afterwards is refused', async () => {
  const server = await startServer({ source: 'binaries' });
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  expect(existsSync(server.dataDirectory ?? '')).toBe(false);
  await expect(server.start()).rejects.toMatchObject({ code: 'server-stopped' });
  await expect(server.kill()).rejects.toMatchObject({ code: 'server-stopped' });
});
