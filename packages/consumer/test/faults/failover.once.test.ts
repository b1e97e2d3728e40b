import { connectClient, DebianCluster } from '@pgque/testing';
import { connect, install } from 'pgque';
import { expect, test } from 'vitest';
import { consumers, Fleet } from './fleet.ts';
import { eventCount, Ledger, type LedgerDatabase, patienceMs } from './ledger.ts';

async function open({ url }: DebianCluster): Promise<LedgerDatabase> {
  const client = await connectClient(url);
  return { url, query: async (text: string, values?: unknown[]) => (await client.query(text, values)).rows as never };
}

test(
  'consumers of a standby say that they cannot work, and do when it is promoted; nothing is lost or repeated',
  async () => {
    const primary = await DebianCluster.start();
    const before = await open(primary);
    const client = await connect(primary.url);
    await install(client);
    await client.close();
    const ledger = await Ledger.open(before, 'orders', consumers);
    await ledger.send(eventCount);
    const standby = await primary.openStandby();
    await ledger.send(eventCount);
    const lag = `select pg_current_wal_lsn() - replay_lsn = 0 as is_level from pg_stat_replication`;
    await expect.poll(() => before.query(lag), { timeout: 20_000 }).toEqual([{ is_level: true }]);

    const fleet = Fleet.create(ledger, { url: standby.url });
    const starting = fleet.start();
    await expect.poll(() => fleet.log.of('warn').length, { timeout: 20_000 }).toBeGreaterThanOrEqual(9);
    expect(fleet).toMatchObject({ size: 9, healthy: 0 });
    await primary.stop();
    const after = await open(standby);
    await after.query('select pg_promote()');
    await starting;
    const kept = await Ledger.open(after, 'orders', consumers);
    for (const consumer of consumers) {
      expect(await kept.settled(consumer)).toMatchObject({ sent: 2 * eventCount, repeated: 0 });
    }
    await expect.poll(() => fleet.healthy, { timeout: 20_000 }).toBe(fleet.size);
  },
  patienceMs,
);
