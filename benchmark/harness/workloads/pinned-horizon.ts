import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { createQueue, payload } from '../figure.ts';

const eventsPerSecond = 800;
const rotationSeconds = 5;
const consumers = ['first', 'second'] as const;

export interface PinnedHorizon {
  readonly sent: number;
  /** Of each consumer; equal to `sent` when nothing was lost or doubled. */
  readonly received: readonly number[];
  readonly rotations: number;
  /** Over all tables of the schema but `queue`, by pgstattuple, at the end. */
  readonly deadTuples: number;
  /** The most events that were stored at once, in what is sent during one rotation period. */
  readonly storedRotations: number;
  /** Bytes of all relations of the schema, in the first and in the last quarter of the run, at their highest. */
  readonly firstQuarterBytes: number;
  readonly lastQuarterBytes: number;
}

/** 800 events/s to two consumers under a REPEATABLE READ transaction that also holds a transaction id. */
export async function runPinnedHorizon(url: string, seconds: number): Promise<PinnedHorizon> {
  const sessions: Client[] = [];
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    sessions.push(client);
    return client;
  };
  const admin = await connect();
  await admin.query('create extension if not exists pgstattuple');
  const logId = await createQueue(admin, 'pinned');
  await admin.query(`select pgque.set_queue_config('pinned', 'rotation_period', '${rotationSeconds} seconds')`);
  for (const consumer of consumers) await admin.query(`select pgque.subscribe('pinned', '${consumer}')`);

  const pin = await connect();
  await pin.query('begin isolation level repeatable read');
  await pin.query('select pg_current_xact_id()');

  const end = performance.now() + seconds * 1000;
  const isOver = (): boolean => performance.now() >= end;
  const every = async (ms: number, step: (client: Client) => Promise<void>, until = isOver): Promise<void> => {
    const client = await connect();
    for (let next = performance.now(); !until(); next += ms) {
      await step(client);
      await delay(Math.max(0, next + ms - performance.now()));
    }
  };

  let sent = 0;
  let storedMost = 0;
  let isDrained = false;
  const received = consumers.map(() => 0);
  const bytes: { at: number; total: number }[] = [];
  const upkeep = [
    every(
      100,
      async (client) => void (await client.query('select pgque.ticker()')),
      () => isDrained,
    ),
    every(
      250,
      async (client) => void (await client.query('select pgque.maint()')),
      () => isDrained,
    ),
    ...consumers.map((consumer, i) =>
      every(
        20,
        async (client) => {
          const { rows } = await client.query<{ batch: string | null; messages: string }>(
            `select min(batch_id) as batch, count(*) as messages from pgque.receive('pinned', '${consumer}', 1000)`,
          );
          if (rows[0]?.batch) await client.query('select pgque.ack($1)', [rows[0].batch]);
          received[i] = (received[i] ?? 0) + Number(rows[0]?.messages ?? 0);
        },
        () => isDrained,
      ),
    ),
  ];
  await Promise.all([
    every(10, async (client) => {
      const due = Math.ceil(((performance.now() - (end - seconds * 1000)) / 1000) * eventsPerSecond) - sent;
      if (due <= 0) return;
      await client.query(`select pgque.send('pinned', 'order.created', ${payload}) from generate_series(1, ${due})`);
      sent += due;
    }),
    every(500, async (client) => {
      const { rows } = await client.query<{ stored: string; total: string }>(
        `select (select count(*) from pgque.event_${logId}) as stored,
           (select sum(pg_total_relation_size(oid)) from pg_class
            where relnamespace = 'pgque'::regnamespace and relkind = 'r') as total`,
      );
      storedMost = Math.max(storedMost, Number(rows[0]?.stored));
      bytes.push({ at: performance.now(), total: Number(rows[0]?.total) });
    }),
  ]);
  for (const deadline = performance.now() + 30_000; received.some((n) => n < sent) && performance.now() < deadline; ) {
    await delay(50);
  }
  isDrained = true;
  await Promise.all(upkeep);

  const { rows } = await admin.query<{ dead: string; rotations: string }>(
    `select (select sum((pgstattuple(oid)).dead_tuple_count) from pg_class
             where relnamespace = 'pgque'::regnamespace and relkind = 'r' and relname <> 'queue') as dead,
       (select pg_sequence_last_value(generation_seq) - 3 from pgque.queue where queue_name = 'pinned') as rotations`,
  );
  await pin.query('commit');
  await Promise.all(sessions.map((client) => client.end()));
  const highest = (from: number, to: number): number =>
    Math.max(...bytes.slice(Math.floor(bytes.length * from), Math.ceil(bytes.length * to)).map(({ total }) => total));
  return {
    sent,
    received,
    rotations: Number(rows[0]?.rotations),
    deadTuples: Number(rows[0]?.dead),
    storedRotations: storedMost / (eventsPerSecond * rotationSeconds),
    firstQuarterBytes: highest(0, 0.25),
    lastQuarterBytes: highest(0.75, 1),
  };
}
