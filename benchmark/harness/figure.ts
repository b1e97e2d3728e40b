import type { Client } from 'pg';

/** A number that the engine must reach: what is measured, what it is measured against, and how. */
export interface Figure {
  readonly name: string;
  /** What a value is: a ratio against the limit named in `against`, or milliseconds. */
  readonly unit: 'x' | 'ms';
  readonly against: string;
  readonly must: number;
  readonly aim: number;
  /** Makes what the rounds need, in a queue of the figure's own; not measured. */
  prepare(client: Client): Promise<void>;
  /** One round, both sides right after each other: the value, and the raw times in milliseconds. */
  measure(client: Client, round: number): Promise<Round>;
}

export interface Round {
  readonly value: number;
  readonly ownMs: number;
  readonly limitMs?: number;
}

/** Milliseconds that one statement takes, answer included. */
export async function timed(client: Client, sql: string): Promise<number> {
  const start = performance.now();
  await client.query(sql);
  return performance.now() - start;
}

/** Runs both sides, in turns which comes first, and compares them. */
export async function compare(client: Client, round: number, own: string, limit: string): Promise<Round> {
  const times = new Map<string, number>();
  for (const sql of round % 2 === 0 ? [own, limit] : [limit, own]) times.set(sql, await timed(client, sql));
  const ownMs = times.get(own) ?? Number.NaN;
  const limitMs = times.get(limit) ?? Number.NaN;
  return { value: ownMs / limitMs, ownMs, limitMs };
}

/** 101 bytes of JSON, as a literal. */
export const payload = `'{"order_id": 42, "total": 99.95, "customer": "${'x'.repeat(51)}"}'`;

/** Makes a queue that the next ticker() always ticks; answers the number of its event log. */
export async function createQueue(client: Client, queue: string): Promise<number> {
  await client.query(`select pgque.create_queue($1, '{"ticker_max_lag": "0 seconds"}')`, [queue]);
  const { rows } = await client.query<{ log_id: number }>('select log_id from pgque.queue where queue_name = $1', [
    queue,
  ]);
  return rows[0]?.log_id ?? Number.NaN;
}
