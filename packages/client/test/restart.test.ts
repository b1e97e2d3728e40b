import { openPrivateServer } from '@pgque/testing';
import { afterAll, expect, test } from 'vitest';
import { ConnectionError, connect, isRetryable } from '../src/index.ts';
import { blockSends } from './block-sends.ts';
import { tick } from './tick.ts';

const { server, database } = await openPrivateServer({ durable: true });
const client = await connect({ url: database.url, gatherSends: false, maxConnections: 20 });
afterAll(() => client.close());
await client.createQueue('orders');
await client.subscribe('orders', 'processor');

const twenty = Array.from({ length: 20 }, (_, index) => index);

test.each(['SIGKILL', 'SIGQUIT', 'SIGINT'] as const)(
  'calls survive a server that ends by %s and starts again',
  async (signal) => {
    const before = await client.send('orders', { payload: signal });
    const block = await blockSends(database);
    const calls = Promise.allSettled([
      ...twenty.slice(1).map((payload) => client.send('orders', { payload })),
      client.transaction((tx) => tx.send('orders', { payload: 'in a transaction' })),
    ]);
    await block.waitForCalls(20);

    await server.kill(signal);
    const sent = [before];
    for (const call of await calls) {
      // A shutdown in order may end the session that blocks first, and let a call through.
      if (call.status === 'fulfilled') sent.push(call.value);
      else {
        expect(call.reason).toBeInstanceOf(ConnectionError);
        expect(isRetryable(call.reason)).toBe(true);
      }
    }
    if (signal === 'SIGKILL') expect(sent).toHaveLength(1);
    for (const call of await Promise.allSettled(twenty.map((payload) => client.send('orders', { payload })))) {
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'connection_failed' } });
      expect(call.status === 'rejected' && isRetryable(call.reason)).toBe(true);
    }

    await server.start();
    sent.push(...(await Promise.all(twenty.map((payload) => client.send('orders', { payload })))));
    await tick(client, 'orders');
    const messages = await client.receive('orders', 'processor', 1000);
    expect(messages.map(({ msgId }) => msgId)).toEqual(expect.arrayContaining(sent));
    await client.ack(messages[0]?.batchId ?? 0n);
  },
);
