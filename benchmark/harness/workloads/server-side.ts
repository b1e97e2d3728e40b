import type { Client } from 'pg';
import { type Peer, payloadOf } from '../../peers/peer.ts';
import { onClient } from '../../peers/sql-pool.ts';
import { type Measurement, offered, parameter, VoidRun, type Workload } from '../scenario.ts';

/** The queue of what is measured inside the server; `bench` is there for Node, with other settings. */
export const work = 'work';
export const reader = 'reader';

/** Milliseconds that one statement takes, answer included. */
export async function timed(client: Client, sql: string): Promise<number> {
  const startedAt = performance.now();
  await client.query(sql);
  return performance.now() - startedAt;
}

/** A block of PL/pgSQL that runs a statement so many times, in one transaction. */
export function loop(statement: string, times: number, { bytes = 101, size = 1000 } = {}): string {
  const payload = `'${JSON.stringify(payloadOf(bytes))}'`;
  return `do $$ declare v_payload text := ${payload}; v_payloads text[] := array_fill(${payload}::text, array[${size}]);
    begin for i in 1 .. ${times} loop ${statement}; end loop; end $$`;
}

/** A session in the peer's database, in which the queue `work` is there where the peer has queues. */
export function inServer<Result>(measurement: Measurement, run: (client: Client) => Promise<Result>): Promise<Result> {
  return onClient(measurement.url, async (client) => {
    const { sql, kind } = measurement.peer;
    if (kind !== 'limit') await client.query(offered(measurement.peer, sql, 'createQueue')(work));
    return await run(client);
  });
}

/** One statement per event, in one transaction. */
export const sendLoop: Workload = (measurement) => {
  const statement = offered(measurement.peer, measurement.peer.sql, 'send')(work);
  return inServer(measurement, async (client) => {
    const calls = parameter(measurement, 'calls');
    const bytes = parameter(measurement, 'bytes');
    await client.query(loop(statement, Math.ceil(calls / 20), { bytes }));
    const ms = await timed(client, loop(statement, calls, { bytes }));
    return [{ values: { microseconds: (ms * 1000) / calls } }];
  });
};

/** `size` events per statement, in one transaction. */
export const batchLoop: Workload = (measurement) => {
  const { peer } = measurement;
  const statement = offered(peer, peer.sql, 'sendBatch')(work);
  return inServer(measurement, async (client) => {
    const size = parameter(measurement, 'size');
    const calls = Math.ceil(parameter(measurement, 'events') / size);
    const before = peer.sql.beforeSendBatch?.(work);
    if (before) await client.query(loop(before, 1, { size }));
    await client.query(loop(statement, Math.ceil(calls / 20), { size }));
    const ms = await timed(client, loop(statement, calls, { size }));
    return [{ values: { microseconds: (ms * 1000) / (calls * size) } }];
  });
};

/** All of a queue at once, when everything is in memory and the planner knows the table. */
export const readAll: Workload = (measurement) => {
  const { peer } = measurement;
  const readText = offered(peer, peer.sql, 'readAll');
  return inServer(measurement, async (client) => {
    const events = parameter(measurement, 'events');
    await subscribe(measurement, client);
    await fill(measurement, client, Math.ceil(events / 20));
    await read(client, readText(work, reader, events * 2), Math.ceil(events / 20));
    const acknowledge = peer.sql.acknowledge?.(work, reader, events * 2);
    if (acknowledge) await client.query(acknowledge);
    await fill(measurement, client, events);
    await vacuum(client, peer.schemas);
    const ms = await read(client, readText(work, reader, events * 2), events);
    return [{ values: { microseconds: (ms * 1000) / events } }];
  });
};

/** Where there are subscriptions. */
export async function subscribe({ peer }: Measurement, client: Client, consumer = reader, queue = work): Promise<void> {
  const text = peer.sql.subscribe?.(queue, consumer);
  if (text) await client.query(text);
}

/** Sends so many, a thousand per statement and at most a hundred thousand per transaction, and makes them readable. */
export async function fill({ peer }: Measurement, client: Client, events: number, queue = work): Promise<void> {
  const statement = offered(peer, peer.sql, 'sendBatch')(queue);
  const size = Math.min(1000, events);
  for (let left = Math.ceil(events / size); left > 0; left -= 100) {
    await client.query(loop(statement, Math.min(left, 100), { size }));
  }
  await tick(peer, client);
}

/** Where there are ticks. */
export async function tick(peer: Peer, client: Client): Promise<void> {
  const text = peer.sql.tick?.();
  if (text) await client.query(text);
}

/** Milliseconds of a statement that must say it has read so many. */
export async function read(client: Client, text: string, expected: number): Promise<number> {
  const startedAt = performance.now();
  const { rows } = await client.query<{ read: string }>(text);
  const ms = performance.now() - startedAt;
  const count = Number(rows[0]?.read);
  if (count !== expected) throw new VoidRun(`${expected} to be read, ${count} came`);
  return ms;
}

/** As autovacuum leaves tables that have been there longer than a moment. */
export async function vacuum(client: Client, schemas: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relnamespace::regnamespace::text = any($1) and relkind = 'r'`,
    [schemas],
  );
  if (rows.length > 0) await client.query(`vacuum (analyze) ${rows.map(({ name }) => name).join(', ')}`);
}
