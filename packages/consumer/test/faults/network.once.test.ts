import { closeAtEndOfFile, openPrivateServer, openProxy, type TestDatabase } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { createConsumer } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { tick } from '../open-bench.ts';
import { consumers, Fleet } from './fleet.ts';
import { atMost, eventCount, Ledger, patienceMs } from './ledger.ts';
import { record } from './record.ts';

const { database } = await openPrivateServer({ settings: { max_prepared_transactions: 0 } });

/** Makes whoever settles wait, and can tell when somebody does. */
async function blockSettling(on: TestDatabase) {
  const session = await on.connect();
  await session.query('begin');
  await session.query('select from pgque.subscription for no key update');
  return {
    async untilBlocked(): Promise<void> {
      const blocked = (): Promise<unknown[]> =>
        on.query(`select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%settle%'`);
      await expect.poll(blocked).toHaveLength(1);
    },
    async release(): Promise<void> {
      await session.query('rollback');
      await session.end();
    },
  };
}

test(
  'a connection that is cut in the middle of settle, again and again, repeats nothing',
  async () => {
    const ledger = await Ledger.open(database, 'cut', ['alone']);
    await ledger.send(eventCount);
    await tick(ledger.client, 'cut');
    const proxy = await openProxy(database.url);
    // Only what settles goes through the proxy: what is recorded must not be in doubt.
    const client = closeAtEndOfFile(await connect({ url: proxy.url, direct: database.url, logger: new LogBook() }));
    const cuts = 10;
    const maxMessages = eventCount / cuts;
    let block: Awaited<ReturnType<typeof blockSettling>> | undefined;
    const consumer = createConsumer(client, { queue: 'cut', name: 'alone', maxMessages });
    consumer.onBatch('*', async (messages) => {
      await record(ledger.client, { consumer: 'alone', process: 'only' }, 'cut', messages);
      block = await blockSettling(database);
    });
    await consumer.start();
    for (let cut = 0; cut < cuts; cut += 1) {
      await expect.poll(() => block, { timeout: 20_000 }).toBeDefined();
      const blocking = block;
      block = undefined;
      await blocking?.untilBlocked();
      // The answer is lost: the server settles all the same, before the consumer asks again or after it.
      proxy.cut();
      await expect.poll(() => consumer.health().state).toBe('recovering');
      await blocking?.release();
      await expect.poll(() => consumer.health().acked, { timeout: 20_000 }).toBe((cut + 1) * maxMessages);
    }
    await consumer.stop();
    expect(await ledger.settled('alone')).toMatchObject({ sent: eventCount, repeated: 0 });
  },
  patienceMs,
);

test(
  'a network that is cut, stalled and swallowed under load costs no event, and repeats none exactly once',
  async () => {
    const ledger = await Ledger.open(database, 'broken', consumers);
    const proxy = await openProxy(database.url);
    const limits = { connectTimeoutMs: 300, queryTimeoutMs: 300 };
    const fleet = await Fleet.start(ledger, { url: proxy.url, deadInterval: '2s', ...limits });
    const sending = ledger.send(eventCount);
    const faults = ['cut', 'stall', 'cut', 'blackhole', 'cut'] as const;
    for (const [index, fault] of faults.entries()) {
      await fleet.hasSettled((eventCount * consumers.length * (index + 1)) / (faults.length + 1));
      proxy[fault]();
      if (fault === 'cut') continue;
      await expect.poll(() => fleet.healthy, { timeout: 30_000 }).toBe(0);
      proxy.resume();
    }
    await sending;
    // What each of three processes had, for each time that it was silent.
    const repeated = expect.toSatisfy(atMost(faults.length * 3 * 100));
    expect(await ledger.settled('alone')).toMatchObject({ sent: eventCount, repeated });
    expect(await ledger.settled('shared')).toMatchObject({ sent: eventCount, repeated });
    expect(await ledger.settled('exact')).toMatchObject({ sent: eventCount, repeated: 0 });
    await expect.poll(() => fleet.healthy, { timeout: 20_000 }).toBe(fleet.size);
    await fleet.stop();
  },
  patienceMs,
);
