import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { type OpenPeer, queue } from '../../peers/peer.ts';
import { onClient } from '../../peers/sql-pool.ts';
import { median } from '../quantile.ts';
import { type Measured, type Measurement, offered, parameter, type Workload } from '../scenario.ts';
import { vacuum } from './server-side.ts';
import { Traffic } from './traffic.ts';
import { sendAll, withOpen } from './with-open.ts';

const consumers = 2;
const sendEveryMs = 10;

/**
 * A steady rate under a REPEATABLE READ transaction that also holds a transaction id. `capacity` is what is delivered per
 * second out of bursts that were sent while nobody consumed: before the steady rate, and after it. Who cannot keep up
 * is given a sixth of the time once more; after that its capacity is what it delivered in that time.
 */
export const pinnedHorizon: Workload = (measurement) => {
  const rotationSeconds = parameter(measurement, 'rotationSeconds');
  return withOpen(measurement, { goal: 'steady', consumers, rotationSeconds }, (open) =>
    onClient(measurement.url, (client) =>
      onClient(measurement.url, async (pin) => {
        await client.query('create extension if not exists pgstattuple');
        await vacuum(client, measurement.peer.schemas);
        await pin.query('begin isolation level repeatable read');
        await pin.query('select pg_current_xact_id()');
        return await run(measurement, open, client);
      }),
    ),
  );
};

async function run(measurement: Measurement, open: OpenPeer, client: Client): Promise<readonly Measured[]> {
  const { peer, stallMs } = measurement;
  const rate = parameter(measurement, 'rate');
  const seconds = parameter(measurement, 'seconds');
  const burst = parameter(measurement, 'burst');
  const bursts = parameter(measurement, 'bursts');
  const sampleSeconds = parameter(measurement, 'sampleSeconds');
  const rotationSeconds = parameter(measurement, 'rotationSeconds');
  const sendMany = offered(peer, open, 'sendMany');
  const consume = offered(peer, open, 'consume');
  const traffic = new Traffic(rate * seconds + 2 * bursts * burst, peer.fansOut ? consumers : 1);
  const capacity = async (): Promise<number> => {
    const rates: number[] = [];
    for (let index = 0; index < bursts; index += 1) {
      await sendAll(sendMany, traffic.take(burst));
      rates.push(await traffic.rateOf(consume, stallMs));
    }
    return median(rates);
  };

  const atStart = await capacity();
  const measured: Measured[] = [];
  const consuming = await consume(traffic.handle);
  const startedAt = performance.now();
  let sent = 0;
  for (let end = sampleSeconds; end <= seconds; end += sampleSeconds) {
    for (let elapsed = 0; elapsed < end; ) {
      elapsed = (performance.now() - startedAt) / 1000;
      const due = Math.floor(Math.min(elapsed, end) * rate) - sent;
      if (due > 0) await sendMany(traffic.takeTimed(due));
      sent += due;
      await sleep(sendEveryMs);
    }
    const { held, ...state } = await storage(measurement, client);
    // Until then the bursts are held, too.
    const rotations = end > 3 * rotationSeconds ? { rotations: held / (rate * rotationSeconds) } : {};
    const values = { ...state, ...rotations, behind: traffic.behind, ...traffic.latencies() };
    measured.push({ at: { minutes: end / 60 }, values });
  }
  const before = { handled: traffic.handled, at: performance.now() };
  while (traffic.behind > 0 && performance.now() - before.at < (seconds * 1000) / 6 + stallMs) await sleep(sendEveryMs);
  const isBehind = traffic.behind > 0;
  const rateNow = ((traffic.handled - before.handled) * 1000) / (performance.now() - before.at);
  await consuming.stop();
  const atEnd = isBehind ? rateNow : await capacity();
  if (!isBehind) traffic.assertExactlyOnce();
  return measured.map((point, index) => {
    const ends = index === 0 ? { capacity: atStart } : index === measured.length - 1 ? { capacity: atEnd } : {};
    return { ...point, values: { ...point.values, ...ends } };
  });
}

interface Storage {
  /** Dead rows of all tables of the peer, those of TOAST too. */
  readonly dead: number;
  readonly mebibytes: number;
  readonly held: number;
}

async function storage({ peer }: Measurement, client: Client): Promise<Storage> {
  const { rows } = await client.query<{ dead: string; bytes: string }>(
    `with tables as (
       select oid, reltoastrelid from pg_class where relnamespace::regnamespace::text = any($1) and relkind = 'r')
     select (select sum((pgstattuple(t)).dead_tuple_count)
             from (select oid from tables union all select reltoastrelid from tables where reltoastrelid <> 0) r (t)) as dead,
       (select sum(pg_total_relation_size(oid)) from tables) as bytes`,
    [peer.schemas],
  );
  const stored = await client.query<{ held: string }>(offered(peer, peer.sql, 'held')(queue));
  return {
    dead: Number(rows[0]?.dead),
    mebibytes: Number(rows[0]?.bytes) / 2 ** 20,
    held: Number(stored.rows[0]?.held),
  };
}
