import type { PgQueryable } from 'pgque';
import { expect, test } from 'vitest';
import { createConsumer, fixed } from '../src/index.ts';
import { openBench, openQueue, passRetryDelay } from './open-bench.ts';

const { client, database } = await openBench();
await database.query('create table written (queue text, payload text)');

const write = `insert into written values ($1, $2)`;
const written = async (queue: string): Promise<string[]> => {
  const rows = await database.query<{ payload: string }>('select payload from written where queue = $1', [queue]);
  return rows.map(({ payload }) => payload);
};

test('what a handler writes by its tx is there once, with the acknowledgement, also after the handler failed before', async () => {
  await openQueue(client, 'once', ['a', 'b', 'c']);
  const drain = () =>
    createConsumer(client, { queue: 'once', name: 'worker', mode: 'exactly-once', retry: fixed('1h') })
      .on('*', async ({ payload, retryCount }, { tx }) => {
        await tx.query(write, ['once', payload]);
        if (payload === 'b' && retryCount === null) throw new Error('after it has written');
      })
      .drain();
  await drain();
  expect(await written('once')).toEqual(['a', 'c']);
  await passRetryDelay(client, 'once');
  await drain();
  expect(await written('once')).toEqual(['a', 'c', 'b']);
});

test('a handler whose statement fails, and who swallows that, has its message retried and harms no other', async () => {
  await openQueue(client, 'swallowed', ['a', 'b', 'c']);
  await createConsumer(client, { queue: 'swallowed', name: 'worker', mode: 'exactly-once' })
    .on('*', async ({ payload }, { tx }) => {
      await tx.query(write, ['swallowed', payload]);
      if (payload === 'b') await tx.query('select 1 / 0').catch(() => {});
    })
    .drain();
  expect(await written('swallowed')).toEqual(['a', 'c']);
  await passRetryDelay(client, 'swallowed');
  expect(await client.receive('swallowed', 'worker')).toMatchObject([{ payload: 'b', retryCount: 1 }]);
});

test('messages that one call of a batch handler got are done together, or none is', async () => {
  await openQueue(client, 'together', ['a', 'b', 'c']);
  await createConsumer(client, { queue: 'together', name: 'worker', mode: 'exactly-once' })
    .onBatch('*', async (messages, { tx }) => {
      for (const { payload } of messages) await tx.query(write, ['together', payload]);
      return messages.map(({ payload }) =>
        payload === 'b' ? { status: 'rejected', reason: 'no' } : { status: 'fulfilled', value: undefined },
      );
    })
    .drain();
  expect(await written('together')).toEqual([]);
  await passRetryDelay(client, 'together');
  expect(await client.receive('together', 'worker')).toHaveLength(3);
});

test('what a handler sends by its tx goes with its message, and tx.native is the connection of pg', async () => {
  await openQueue(client, 'chained', ['a']);
  await openQueue(client, 'next');
  await createConsumer(client, { queue: 'chained', name: 'worker', mode: 'exactly-once' })
    .on('*', async ({ payload }, { tx }) => {
      await tx.send('next', { payload });
      const native: PgQueryable = tx.native;
      await native.query({ text: write, values: ['chained', String(payload)] });
    })
    .drain();
  expect(await written('chained')).toEqual(['a']);
  expect(await client.receive('next', 'worker')).toEqual([]);
  await client.tickPending();
  expect(await client.receive('next', 'worker')).toMatchObject([{ payload: 'a' }]);
});
