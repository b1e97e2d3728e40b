import { expect, test } from 'vitest';
import { ConnectionError, connect, isRetryable } from '../src/index.ts';
import { blockSends, terminateClients } from './block-sends.ts';
import { openTestClient } from './open-test-client.ts';
import { tick } from './tick.ts';

const { database, client } = await openTestClient({ gatherSends: false, maxConnections: 20 });
await client.createQueue('orders');
await client.subscribe('orders', 'processor');

const twenty = Array.from({ length: 20 }, (_, index) => index);

test('calls whose backends are terminated reject, and the client works afterwards', async () => {
  const block = await blockSends(database);
  const calls = Promise.allSettled(twenty.map((payload) => client.send('orders', { payload })));
  await block.waitForCalls(20);
  expect(await terminateClients(database)).toBe(20);
  for (const call of await calls) {
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'connection_lost', sqlstate: '57P01' } });
    expect(call.status === 'rejected' && call.reason).toBeInstanceOf(ConnectionError);
    expect(call.status === 'rejected' && isRetryable(call.reason)).toBe(true);
  }
  await block.release();
  expect(await Promise.all(twenty.map((payload) => client.send('orders', { payload })))).toHaveLength(20);
});

test('terminated idle connections cost at most one error each', async () => {
  await Promise.all(twenty.map((payload) => client.send('orders', { payload })));
  await terminateClients(database);
  for (const call of await Promise.allSettled(twenty.map((payload) => client.send('orders', { payload })))) {
    if (call.status === 'rejected') expect(call.reason).toBeInstanceOf(ConnectionError);
  }
  expect(await Promise.all(twenty.map((payload) => client.send('orders', { payload })))).toHaveLength(20);
});

test('while backends are terminated again and again every call settles, and none that succeeded is lost', async () => {
  await tick(client, 'orders');
  for (let [message] = await client.receive('orders', 'processor'); message; ) {
    await client.ack(message.batchId);
    [message] = await client.receive('orders', 'processor');
  }

  const sent: bigint[] = [];
  const failures: unknown[] = [];
  let rounds: Promise<unknown> = Promise.resolve();
  const send = async (payload: number): Promise<void> => {
    try {
      sent.push(await client.send('orders', { payload }));
    } catch (error) {
      failures.push(error);
    }
    // The other senders have calls in flight.
    if ((sent.length + failures.length) % 50 === 0) rounds = rounds.then(() => terminateClients(database));
    await rounds;
  };
  await Promise.all(
    twenty.map(async () => {
      for (let count = 0; count < 40; count += 1) await send(count);
    }),
  );
  expect(sent.length + failures.length).toBe(800);
  expect(failures.length).toBeGreaterThan(0);
  expect(failures.filter((error) => !(error instanceof ConnectionError))).toEqual([]);

  // Connections that the last round has hit may still lie idle in the pool.
  await using observer = await connect(database.url);
  await tick(observer, 'orders');
  const received = new Set((await observer.receive('orders', 'processor', 10_000)).map(({ msgId }) => msgId));
  expect(sent.filter((id) => !received.has(id))).toEqual([]);
});

test('a transaction whose backend is terminated rejects, and its connection is not used again', async () => {
  const outcome = client.transaction(async (tx) => {
    await tx.send('orders', { payload: 'in doubt' });
    const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    await database.query('select pg_terminate_backend($1, 10000)', [row?.pid]);
    await tx.send('orders', { payload: 'too late' });
  });
  await expect(outcome).rejects.toMatchObject({ code: 'connection_lost' });
  expect(await client.send('orders', { payload: 'afterwards' })).toEqual(expect.any(BigInt));
});

test('a transaction that ignores its lost connection does not look committed', async () => {
  const outcome = client.transaction(async (tx) => {
    const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    await database.query('select pg_terminate_backend($1, 10000)', [row?.pid]);
    await tx.send('orders', { payload: 'nowhere' }).catch(() => {});
    return 'fine';
  });
  await expect(outcome).rejects.toMatchObject({ code: 'connection_lost' });
});
