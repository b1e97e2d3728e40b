import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { ClientClosedError, ConnectionError, connect } from '../src/index.ts';
import { blockSends, clientPids } from './block-sends.ts';

const database = await openTestDatabase();

test('close() leaves no session behind, may be repeated, and further calls reject', async () => {
  const client = await connect(database.url);
  await client.createQueue('orders');
  await Promise.all([client.close(), client.close()]);
  await client.close();
  await expect(client.send('orders', { payload: 1 })).rejects.toThrow(ClientClosedError);
  await expect(client.transaction(async () => 1)).rejects.toMatchObject({ code: 'client_closed' });
  await expect.poll(() => clientPids(database)).toEqual([]);
});

test('close() waits for calls in flight', async () => {
  const client = await connect({ url: database.url, gatherSends: false, maxConnections: 1 });
  const block = await blockSends(database);
  const calls = [client.send('orders', { payload: 1 }), client.send('orders', { payload: 2 })];
  await block.waitForCalls(1);
  const closed = client.close();
  await block.release();
  await closed;
  expect(await Promise.all(calls)).toEqual([expect.any(BigInt), expect.any(BigInt)]);
});

test('close() gives up calls that take longer than closeTimeoutMs', async () => {
  const client = await connect({ url: database.url, gatherSends: false, closeTimeoutMs: 50 });
  const block = await blockSends(database);
  const call = expect(client.send('orders', { payload: 1 })).rejects.toThrow(ClientClosedError);
  const hanging = expect(client.transaction(() => new Promise(() => {}))).rejects.toThrow(ClientClosedError);
  await block.waitForCalls(1);
  await client.close();
  await Promise.all([call, hanging]);
  await block.release();
  await expect.poll(() => clientPids(database)).toEqual([]);
});

test('await using closes the client', async () => {
  {
    await using client = await connect(database.url);
    await client.version();
    expect(await clientPids(database)).toHaveLength(1);
  }
  await expect.poll(() => clientPids(database)).toEqual([]);
});

test('a call that gets no free connection in time rejects', async () => {
  await using client = await connect({
    url: database.url,
    gatherSends: false,
    maxConnections: 1,
    connectTimeoutMs: 1000,
  });
  await client.transaction(async () => {
    const refused = client.version();
    await expect(refused).rejects.toThrow(ConnectionError);
    await expect(refused).rejects.toThrow('1 of 1 connections in use');
  });
  expect(await client.version()).toEqual(expect.any(String));
});

test('what is built on a client hears at once that it is closed', async () => {
  const client = await connect(database.url);
  expect(client.closed.aborted).toBe(false);
  const closed = client.close();
  expect(client.closed.reason).toBeInstanceOf(ClientClosedError);
  await closed;
});
