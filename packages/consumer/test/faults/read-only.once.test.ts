import { closeAtEndOfFile, openPrivateServer } from '@pgque/testing';
import { connect } from 'pgque';
import { expect, test } from 'vitest';
import { createConsumer, createTicker } from '../../src/index.ts';
import { LogBook } from '../log-book.ts';
import { consumers, Fleet } from './fleet.ts';
import { eventCount, Ledger, patienceMs } from './ledger.ts';

const { database } = await openPrivateServer({ settings: { max_prepared_transactions: 0 } });

async function setReadOnly(isReadOnly: boolean): Promise<void> {
  await database.query(`alter system set default_transaction_read_only = ${isReadOnly}`);
  await database.query('select pg_reload_conf()');
}

test(
  'a server that is read-only for a while: consumers and tickers say so, wait, and go on',
  async () => {
    const ledger = await Ledger.open(database, 'orders', consumers);
    const fleet = await Fleet.start(ledger, { url: database.url });
    await ledger.send(eventCount);
    await fleet.hasSettled(eventCount);
    await setReadOnly(true);
    // Those that stand by have nothing to write.
    const stuck = (): string[] =>
      [...fleet.members, ...fleet.tickers]
        .map((each) => each.health())
        .filter(({ isHealthy }) => isHealthy)
        .map(({ state }) => state);
    await expect
      .poll(stuck, { timeout: 20_000 })
      .toSatisfy((states: string[]) => states.every((state) => state === 'standing-by'));
    const reasons = fleet.log.lines.filter(({ level }) => level === 'warn');
    expect(reasons.map(({ details }) => (details as { error?: { sqlstate?: string } }).error?.sqlstate)).toContain(
      '25006',
    );
    // A start that meets it is not refused.
    const client = closeAtEndOfFile(await connect({ url: database.url, logger: new LogBook() }));
    const [late, ticker] = [
      createConsumer(client, { queue: 'orders', name: 'late', startAt: 'latest' }),
      createTicker(client),
    ];
    const started = late.on('*', () => {}).start();
    await expect.poll(() => late.health()).toMatchObject({ state: 'recovering', isHealthy: false });
    const ticking = ticker.start();
    await setReadOnly(false);
    await Promise.all([started, ticking]);
    for (const consumer of consumers) {
      expect(await ledger.settled(consumer)).toMatchObject({ sent: eventCount });
    }
    expect(await ledger.settled('exact')).toMatchObject({ repeated: 0 });
    await expect.poll(() => fleet.healthy, { timeout: 20_000 }).toBe(fleet.size);
    await expect.poll(() => late.health().isHealthy).toBe(true);
    await Promise.all([late.stop(), ticker.stop()]);
    await fleet.stop();
  },
  patienceMs,
);

test('a ticker says once that a server is read-only, and does not count as one that leads', async () => {
  const log = new LogBook();
  let attempts = 0;
  const { hostname, port, pathname, username, password } = new URL(database.url);
  const address = { host: hostname, port: Number(port), database: pathname.slice(1), user: username };
  const knock = (): string => {
    attempts += 1;
    return password;
  };
  await using client = await connect({ ...address, password, logger: log, direct: { ...address, password: knock } });
  await using ticker = createTicker(client);
  await setReadOnly(true);
  const started = ticker.start();
  await expect.poll(() => attempts).toBeGreaterThan(3);
  expect(ticker.health()).toMatchObject({ isHealthy: false, state: 'recovering', lastError: { sqlstate: '25006' } });
  expect(log.of('warn')).toHaveLength(1);
  await setReadOnly(false);
  await started;
  expect(ticker.health()).toMatchObject({ isHealthy: true, state: 'leading' });
});
