import { expect, test } from 'vitest';
import { ClientClosedError, connect, InvalidArgumentError, QueueNotFoundError } from '../src/index.ts';
import { blockSends, terminateClients } from './block-sends.ts';
import { openTestClient } from './open-test-client.ts';
import { tick } from './tick.ts';

// Of another name than the clients that are terminated.
const { database, client } = await openTestClient({ applicationName: 'observer' });
const payloads = Array.from({ length: 2500 }, (_, index) => index);

/** Opens a queue, and tells which transactions have sent its events. */
async function openQueue(queue: string) {
  await client.createQueue(queue);
  await client.subscribe(queue, 'processor');
  return {
    async receive() {
      await tick(client, queue);
      return await client.receive(queue, 'processor', 10_000);
    },
    async transactions() {
      const rows = await database.query<{ events: bigint }>(
        `select count(*) as events from pgque.event e join pgque.queue q on q.log_id = e.log_id
         where q.queue_name = $1 group by e.ev_txid order by min(e.ev_id)`,
        [queue],
      );
      return rows.map(({ events }) => Number(events));
    },
  };
}

test('sends that are in flight at once travel together, a thousand at most, each with its own id, in their order', async () => {
  const queue = await openQueue('together');
  const ids = await Promise.all(payloads.map((payload) => client.send('together', { type: `t${payload}`, payload })));
  expect(await queue.transactions()).toEqual([1000, 1000, 500]);
  const received = await queue.receive();
  expect(received.map(({ msgId, type, payload }) => [msgId, type, payload])).toEqual(
    payloads.map((payload) => [ids[payload], `t${payload}`, payload]),
  );
  expect(ids).toEqual([...ids].sort((a, b) => Number(a - b)));
});

test('a send that is alone does not wait for company, and what comes while it is under way leaves as one group', async () => {
  const queue = await openQueue('alone');
  const block = await blockSends(database);
  const first = client.send('alone', { payload: 'first' });
  await block.waitForCalls(1);
  const others = [1, 2, 3].map((payload) => client.send('alone', { payload }));
  await block.release();
  await Promise.all([first, ...others]);
  expect(await queue.transactions()).toEqual([1, 3]);
});

test('a group holds at most a mebibyte, and an event above that goes alone', async () => {
  const queue = await openQueue('large');
  const sizes = [400_000, 400_000, 400_000, 3_000_000, 10, 10];
  await Promise.all(sizes.map((size) => client.send('large', { payload: 'x'.repeat(size) })));
  expect(await queue.transactions()).toEqual([2, 1, 1, 2]);
});

test('queues do not wait for each other', async () => {
  await openQueue('one');
  await openQueue('other');
  const block = await blockSends(database);
  const calls = [client.send('one', { payload: 1 }), client.send('other', { payload: 1 })];
  await block.waitForCalls(2);
  await block.release();
  expect(await Promise.all(calls)).toHaveLength(2);
});

test('events with extras keep their place and arrive with them', async () => {
  const queue = await openQueue('extras');
  await Promise.all([
    client.send('extras', { payload: 1 }),
    client.send('extras', { payload: 2, extra1: 'a' }),
    client.send('extras', { payload: 3, extra2: 'b', extra4: 'd' }),
    client.send('extras', { payload: 4 }),
  ]);
  expect(await queue.receive()).toMatchObject([
    { payload: 1, extra1: null },
    { payload: 2, extra1: 'a', extra2: null },
    { payload: 3, extra1: null, extra2: 'b', extra4: 'd' },
    { payload: 4 },
  ]);
});

test('an event that cannot be sent fails alone, before it meets others', async () => {
  const queue = await openQueue('mixed');
  const outcomes = await Promise.allSettled([
    client.send('mixed', { payload: 1 }),
    client.send('mixed', { payload: 2n }),
    client.send('mixed', { type: 'nul\0', payload: 3 }),
    client.send('no-such-queue', { payload: 4 }),
    client.send('mixed', { payload: 5 }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: expect.any(InvalidArgumentError) });
  expect(outcomes[3]).toMatchObject({ reason: expect.any(QueueNotFoundError) });
  expect((await queue.receive()).map(({ payload }) => payload)).toEqual([1, 5]);
});

test('when a group fails each event is sent by itself and gets its own result', async () => {
  const queue = await openQueue('picky');
  // A check that a single event fails.
  await database.query(`alter table pgque.event add constraint no_poison check (ev_data <> '"poison"')`);
  const outcomes = await Promise.allSettled(['a', 'poison', 'b'].map((payload) => client.send('picky', { payload })));
  await database.query('alter table pgque.event drop constraint no_poison');
  expect(outcomes).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { sqlstate: '23514' } },
    { status: 'fulfilled' },
  ]);
  expect((await queue.receive()).map(({ payload }) => payload)).toEqual(['a', 'b']);
});

test('when the connection is lost nothing is sent twice: all of the group reject', async () => {
  const queue = await openQueue('lost');
  await using other = await connect(database.url);
  const block = await blockSends(database);
  const outcomes = Promise.allSettled([1, 2, 3].map((payload) => other.send('lost', { payload })));
  await block.waitForCalls(1);
  await terminateClients(database);
  expect((await outcomes).map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual(
    Array.from({ length: 3 }, () => 'connection_lost'),
  );
  await block.release();
  expect(await queue.receive()).toEqual([]);
});

test('nothing is gathered inside a transaction', async () => {
  const queue = await openQueue('transaction');
  const rolledBack = client.transaction(async (tx) => {
    await Promise.all([1, 2].map((payload) => tx.send('transaction', { payload })));
    await client.send('transaction', { payload: 'outside' });
    throw new Error('changed my mind');
  });
  await expect(rolledBack).rejects.toThrow('changed my mind');
  expect((await queue.receive()).map(({ payload }) => payload)).toEqual(['outside']);
});

test('with gatherSends: false each send is a statement of its own', async () => {
  const queue = await openQueue('apart');
  await using apart = await connect({ url: database.url, gatherSends: false });
  await Promise.all([1, 2, 3].map((payload) => apart.send('apart', { payload })));
  expect(await queue.transactions()).toEqual([1, 1, 1]);
});

test('close() waits for sends that wait for their group; later ones are refused', async () => {
  const queue = await openQueue('closing');
  const closing = await connect(database.url);
  const sends = payloads.map((payload) => closing.send('closing', { payload }));
  const closed = closing.close();
  await expect(closing.send('closing', { payload: 'late' })).rejects.toThrow(ClientClosedError);
  expect(await Promise.all(sends)).toHaveLength(2500);
  await closed;
  expect(await queue.receive()).toHaveLength(2500);
});
