import { readFile } from 'node:fs/promises';
import { openProxy, openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { ConnectionError, ConsumerNotRegisteredError, openSession, QueryTimeoutError } from '../src/index.ts';
import { clientPids, terminateClients } from './block-sends.ts';

const database = await openTestDatabase();

test('a session is one connection, with all functions and with what belongs to it', async () => {
  await using session = await openSession(database.url);
  await using other = await openSession({ url: database.url });
  expect(await session.leadTicker()).toBe(true);
  expect(await other.leadTicker()).toBe(false);
  expect(await clientPids(database)).toHaveLength(2);
  await session.close();
  await expect.poll(() => other.leadTicker()).toBe(true);
});

test('close() may be repeated, and leaves no connection', async () => {
  const session = await openSession(database.url);
  await Promise.all([session.close(), session.close()]);
  await session.close();
  await session.closed;
  await expect(session.version()).rejects.toThrow(ConnectionError);
  await expect.poll(() => clientPids(database)).toEqual([]);
});

test('told to, it has each statement parsed once, also when the functions are replaced meanwhile', async () => {
  await using session = await openSession(database.url);
  await session.createQueue('prepared');
  await session.subscribe('prepared', 'c');
  session.prepareStatements();
  for (const payload of ['first', 'second']) {
    await session.send('prepared', { payload });
    const [message] = await session.tickAndReceive('prepared', 'c');
    expect(message?.payload).toBe(payload);
    await session.ack(message?.batchId ?? 0n);
    await database.query(await readFile(new URL('../../../sql/pgque.sql', import.meta.url), 'utf8'));
  }
  const [prepared] = await session.query<{ count: number }>('select count(*)::integer from pg_prepared_statements');
  expect(prepared?.count).toBe(3);
  await expect(session.receive('prepared', 'nobody')).rejects.toThrow(ConsumerNotRegisteredError);
  expect(await session.receive('prepared', 'c')).toEqual([]);
});

test('closed resolves when the backend is terminated, and calls reject', async () => {
  await using session = await openSession(database.url);
  await terminateClients(database);
  await session.closed;
  await expect(session.version()).rejects.toThrow(ConnectionError);
  expect(await session.ping(1000)).toBe(false);
});

test('closed resolves when the network resets the connection', async () => {
  await using proxy = await openProxy(database.url);
  await using session = await openSession(proxy.url);
  proxy.cut();
  await session.closed;
});

test('ping() drops a connection that gives no answer, whatever waits on it', async () => {
  await using proxy = await openProxy(database.url);
  await using session = await openSession({ url: proxy.url, queryTimeoutMs: 60_000 });
  expect(await session.ping(10_000)).toBe(true);
  proxy.blackhole();
  const call = expect(session.version()).rejects.toThrow(ConnectionError);
  expect(await session.ping(50)).toBe(false);
  await session.closed;
  await call;
});

test('a call that gets no answer in time rejects, and ends what comes after it', async () => {
  await using proxy = await openProxy(database.url);
  await using session = await openSession({ url: proxy.url, queryTimeoutMs: 50 });
  proxy.stall();
  const calls = [session.version(), session.version()];
  await expect(calls[0]).rejects.toThrow(QueryTimeoutError);
  await expect(calls[1]).rejects.toThrow(ConnectionError);
});

test('close() drops a connection to a server that does not say goodbye', async () => {
  await using proxy = await openProxy(database.url);
  const session = await openSession(proxy.url);
  proxy.blackhole();
  await session.close();
  await session.closed;
});

test('openSession() rejects for a wrong password, an unknown database, and when it is given up', async () => {
  const wrong = new URL(database.url);
  wrong.password = 'wrong';
  await expect(openSession(wrong.href)).rejects.toMatchObject({ code: 'connection_failed', sqlstate: '28P01' });
  wrong.href = database.url;
  wrong.pathname = '/nowhere';
  await expect(openSession(wrong.href)).rejects.toMatchObject({ code: 'connection_failed', sqlstate: '3D000' });
  await expect(openSession(database.url, AbortSignal.abort())).rejects.toThrow(ConnectionError);
  await using proxy = await openProxy(database.url);
  proxy.stall();
  const attempt = new AbortController();
  const outcome = expect(openSession({ url: proxy.url, connectTimeoutMs: 60_000 }, attempt.signal)).rejects.toThrow(
    ConnectionError,
  );
  await expect.poll(() => proxy.connections).toBe(1);
  attempt.abort();
  await outcome;
});
