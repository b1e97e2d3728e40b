import { openPrivateServer, openProxy } from '@pgque/testing';
import { afterAll, expect, test } from 'vitest';
import { type Client, ConnectionError, connect, isRetryable, QueryTimeoutError } from '../src/index.ts';
import { clientPids } from './block-sends.ts';

const { server, database } = await openPrivateServer();
const limits = { connectTimeoutMs: 500, queryTimeoutMs: 500, closeTimeoutMs: 500 };
const bystander = await connect(database.url);
afterAll(() => bystander.close());
await bystander.createQueue('orders');
await bystander.close();

async function openClient(url = database.url): Promise<Client> {
  const client = await connect({ url, gatherSends: false, ...limits });
  await client.send('orders', { payload: 0 });
  return client;
}

async function freeze(): Promise<() => void> {
  const pids = [...(await clientPids(database)), server.pid ?? expect.fail()];
  for (const pid of pids) signal(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) signal(pid, 'SIGCONT');
  };
}

/** The session of a client that was closed before may just be ending. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ESRCH' });
  }
}

test('calls to a frozen server reject in time, and work when it goes on', async () => {
  await using client = await openClient();
  const thaw = await freeze();
  const calls = [
    client.send('orders', { payload: 1 }),
    client.transaction((tx) => tx.send('orders', { payload: 2 })),
    client.receive('orders', 'processor'),
  ];
  const outcomes = await Promise.allSettled(calls);
  thaw();
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected' });
    expect(outcome.status === 'rejected' && isRetryable(outcome.reason)).toBe(true);
  }
  // One had the open connection, the others asked for a new one.
  expect(
    outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof QueryTimeoutError),
  ).toHaveLength(1);
  expect(
    outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof ConnectionError),
  ).toHaveLength(2);
  expect(await client.send('orders', { payload: 3 })).toEqual(expect.any(BigInt));
});

test('close() of a client of a frozen server ends in time and gives up what is in flight', async () => {
  const client = await openClient();
  const thaw = await freeze();
  const call = expect(client.send('orders', { payload: 1 })).rejects.toThrow();
  await client.close();
  await call;
  thaw();
});

test('close() of an idle client of a frozen server ends in time', async () => {
  const client = await openClient();
  const thaw = await freeze();
  await client.close();
  thaw();
});

test('connect() to a frozen server rejects in time', async () => {
  const thaw = await freeze();
  await expect(connect({ url: database.url, ...limits })).rejects.toThrow(ConnectionError);
  thaw();
});

test('calls over a network that swallows everything reject in time, and work when it is back', async () => {
  await using proxy = await openProxy(database.url);
  await using client = await openClient(proxy.url);
  proxy.blackhole();
  await expect(client.send('orders', { payload: 1 })).rejects.toThrow(QueryTimeoutError);
  await expect(client.send('orders', { payload: 1 })).rejects.toMatchObject({ code: 'connection_failed' });
  proxy.resume();
  expect(await client.send('orders', { payload: 2 })).toEqual(expect.any(BigInt));
});

test('a connection that is cut in the middle of a call rejects it', async () => {
  await using proxy = await openProxy(database.url);
  await using client = await openClient(proxy.url);
  proxy.blackhole();
  const call = expect(client.send('orders', { payload: 1 })).rejects.toMatchObject({ code: 'connection_lost' });
  proxy.cut();
  await call;
  proxy.resume();
  expect(await client.send('orders', { payload: 2 })).toEqual(expect.any(BigInt));
});
