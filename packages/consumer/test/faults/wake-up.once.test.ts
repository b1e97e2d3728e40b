import { openPooler, openPrivateServer } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { type Consumer, createConsumer, createTicker } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { eventCount, Ledger, patienceMs } from './ledger.ts';
import { record } from './record.ts';

const { server, database } = await openPrivateServer({ durable: true, settings: { max_prepared_transactions: 0 } });
/** Longer than a test waits: who polls so seldom is woken, or fails. */
const never = '10m';

async function openClient(url: string, log = new LogBook()) {
  return await connect({ url, logger: log, applicationName: 'listens' });
}

/** The backends that listen for consumers. */
async function listeners(): Promise<number[]> {
  const rows = await database.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'listens' and query = 'listen "pgque_woken"'`,
  );
  return rows.map(({ pid }) => pid);
}

test(
  'a notification wakes a consumer again after the server has restarted, and after its listener was terminated',
  async () => {
    await using client = await openClient(database.url);
    await client.createQueue('woken');
    await using ticker = createTicker(client);
    await ticker.start();
    await using consumer = createConsumer(client, {
      queue: 'woken',
      name: 'worker',
      startAt: 'earliest',
      pollInterval: never,
      idlePollInterval: never,
    });
    const seen: unknown[] = [];
    consumer.on('*', ({ payload }) => void seen.push(payload));
    await consumer.start();
    const isWoken = async (payload: string): Promise<void> => {
      await expect
        .poll(() => [ticker, consumer].every((each) => each.health().isHealthy), { timeout: 20_000 })
        .toBe(true);
      await expect
        .poll(() => consumer.health(), { timeout: 20_000 })
        .toMatchObject({ isHearing: true, state: 'waiting' });
      await client.send('woken', { payload });
      await expect.poll(() => seen.at(-1), { timeout: 20_000 }).toBe(payload);
    };
    await isWoken('at first');
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      await server.kill(signal);
      await expect.poll(() => consumer.health().isHearing).toBe(false);
      await server.start();
      await isWoken(`after ${signal}`);
    }
    for (let time = 0; time < 3; time += 1) {
      const [pid] = await listeners();
      await database.query('select pg_terminate_backend($1)', [pid]);
      await expect
        .poll(listeners, { timeout: 20_000 })
        .toSatisfy(([next]: number[]) => next !== undefined && next !== pid);
      await isWoken(`after termination ${time}`);
    }
  },
  patienceMs,
);

test(
  'behind a pooler, where nothing is heard, consumers poll, a ticker ticks, and no lock is left behind',
  async () => {
    const ledger = await Ledger.open(database, 'pooled', ['alone', 'shared', 'exact']);
    const pooler = await openPooler(database.url);
    const log = new LogBook();
    /** Two processes that do everything, each on a client of its own. */
    const processes = await Promise.all(
      ['first', 'second'].map(async (process) => {
        const client = await openClient(pooler.url, log);
        const poll = { queue: 'pooled', pollInterval: '100ms' } as const;
        const shared = createConsumer(client, { ...poll, name: 'shared', members: 'auto' });
        shared.on('*', (message) => record(client, { consumer: 'shared', process }, 'pooled', [message]));
        const exact = createConsumer(client, { ...poll, name: 'exact', mode: 'exactly-once' });
        exact.on('*', (message, { tx }) => record(tx, { consumer: 'exact', process }, 'pooled', [message]));
        const all = [shared as Consumer<string, never>, exact as Consumer<string, never>, createTicker(client)];
        await Promise.all(all.map((each) => each.start()));
        return { client, all };
      }),
    );
    const [first, second] = processes;
    const client = await openClient(pooler.url, log);
    const alone = createConsumer(client, { queue: 'pooled', name: 'alone', pollInterval: '100ms' });
    alone.on('*', (message) => record(client, { consumer: 'alone', process: 'only' }, 'pooled', [message]));
    await alone.start();
    await ledger.send(eventCount / 2);
    for (const name of ['shared', 'exact', 'alone']) await ledger.settled(name);
    expect(alone.health()).toMatchObject({ isHearing: false, isHealthy: true });
    expect(log.of('warn').filter((line) => line.includes('pooler')).length).toBeGreaterThan(0);
    // Nothing keeps the second from going on alone.
    for (const each of first?.all ?? []) await each.stop();
    await first?.client.close();
    await ledger.send(eventCount / 2);
    expect(await ledger.settled('shared')).toMatchObject({ sent: eventCount, repeated: 0 });
    expect(await ledger.settled('exact')).toMatchObject({ sent: eventCount, repeated: 0 });
    expect(await ledger.settled('alone')).toMatchObject({ sent: eventCount, repeated: 0 });
    expect(await database.query(`select from pg_locks where locktype = 'advisory'`)).toEqual([]);
    for (const each of [...(second?.all ?? []), alone]) await each.stop();
    await second?.client.close();
    await client.close();
  },
  patienceMs,
);
