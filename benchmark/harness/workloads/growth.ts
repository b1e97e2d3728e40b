import type { Client } from 'pg';
import { median } from '../quantile.ts';
import { type Measured, type Measurement, offered, parameter, type Workload } from '../scenario.ts';
import { fill, inServer, loop, read, reader, subscribe, tick, timed, vacuum, work } from './server-side.ts';

const repetitions = 20;
const page = 100;
const sends = 2000;

/** What one send and one small read cost when so many events wait already, ten times as many at each step. */
export const longQueue: Workload = (measurement) => {
  const { peer } = measurement;
  const send = offered(peer, peer.sql, 'send')(work);
  return inServer(measurement, async (client) => {
    await subscribe(measurement, client);
    const measured: Measured[] = [];
    let held = 0;
    for (const events of steps(measurement, 'leastEvents', 'mostEvents')) {
      await fill(measurement, client, events - held);
      held = events;
      await client.query(loop(send, sends / 10));
      const ms = await timed(client, loop(send, sends));
      await tick(peer, client);
      held += sends * 1.1;
      const values = { send: (ms * 1000) / sends };
      const readMs = await readPages(measurement, client);
      measured.push({ at: { events }, values: readMs === undefined ? values : { ...values, read: readMs } });
      if (readMs !== undefined) held -= repetitions * page;
    }
    return measured;
  });
};

/** What ticks, reads and their WAL cost with so many queues, ten times as many at each step; `work` is one of them. */
export const manyQueues: Workload = (measurement) => {
  const { peer } = measurement;
  const create = offered(peer, peer.sql, 'createQueue');
  return inServer(measurement, async (client) => {
    await subscribe(measurement, client);
    const measured: Measured[] = [];
    let queues = 1;
    for (const wanted of steps(measurement, 'leastQueues', 'mostQueues')) {
      for (; queues < wanted; queues += 1) await client.query(create(`q${queues}`));
      measured.push({ at: { queues: wanted }, values: await costs(measurement, client) });
    }
    return measured;
  });
};

/** The same with so many consumers of one queue, all of which are as far. */
export const manyConsumers: Workload = (measurement) => {
  const { peer } = measurement;
  const subscribeText = offered(peer, peer.sql, 'subscribe');
  return inServer(measurement, async (client) => {
    await subscribe(measurement, client);
    const measured: Measured[] = [];
    let consumers = 1;
    for (const wanted of steps(measurement, 'leastConsumers', 'mostConsumers')) {
      for (; consumers < wanted; consumers += 1) await client.query(subscribeText(work, `c${consumers}`));
      measured.push({ at: { consumers: wanted }, values: await costs(measurement, client) });
    }
    return measured;
  });
};

async function costs(measurement: Measurement, client: Client): Promise<Record<string, number>> {
  const { peer } = measurement;
  await vacuum(client, peer.schemas);
  const tickText = peer.sql.tick?.();
  const values: Record<string, number> = {};
  if (tickText) {
    await client.query(tickText);
    const idle: number[] = [];
    for (let index = 0; index < repetitions; index += 1) idle.push(await timed(client, tickText));
    values['idleTick'] = median(idle);
    const busy: number[] = [];
    const wal: number[] = [];
    for (let index = 0; index < repetitions; index += 1) {
      await client.query(loop(offered(peer, peer.sql, 'send')(work), 10));
      const before = await walPosition(client);
      busy.push(await timed(client, tickText));
      wal.push((await walPosition(client)) - before);
    }
    values['tick'] = median(busy);
    values['tickBytes'] = median(wal);
  }
  await fill(measurement, client, repetitions * page);
  const readMs = await readPages(measurement, client);
  if (readMs !== undefined) values['read'] = readMs;
  return values;
}

/** Milliseconds of a page of 100 and its acknowledgement; nothing where only whole batches are read. */
async function readPages({ peer }: Measurement, client: Client): Promise<number | undefined> {
  const readText = peer.sql.readPage?.(work, reader, page);
  if (!readText) return undefined;
  const acknowledge = peer.sql.acknowledge?.(work, reader, page);
  const times: number[] = [];
  for (let index = 0; index < repetitions; index += 1) {
    const ms = await read(client, readText, page);
    times.push(ms + (acknowledge ? await timed(client, acknowledge) : 0));
  }
  return median(times);
}

/** Of the write-ahead log, in bytes. */
export async function walPosition(client: Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`,
  );
  return Number(rows[0]?.bytes);
}

function steps(measurement: Measurement, least: string, most: string): readonly number[] {
  const to = parameter(measurement, most);
  const all: number[] = [];
  for (let step = parameter(measurement, least); step <= to; step *= 10) all.push(step);
  return all;
}
