import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Contender, payload } from '../../peers/contender.ts';

/** Handled before the clock starts: code is compiled, connections are open, and the first page has come. */
const warmUp = 5000;

/** Events per second, from the last call of the warm-up to the last of all; each event must be handled exactly once. */
export async function measureConsumption(contender: Contender, url: string, count: number): Promise<number> {
  const open = await contender.open(url);
  try {
    const total = count + warmUp;
    await open.sendMany(Array.from({ length: total }, (_, index) => ({ ...payload, order_id: index })));
    await sleep(1000);
    const seen = new Uint8Array(total);
    let handled = 0;
    let startedAt = Number.NaN;
    const all = Promise.withResolvers<void>();
    await open.consume((event) => {
      const { order_id } = event as { order_id: number };
      seen[order_id] = (seen[order_id] ?? 0) + 1;
      handled += 1;
      if (handled === warmUp) startedAt = performance.now();
      if (handled === total) all.resolve();
    });
    await all.promise;
    const elapsedMs = performance.now() - startedAt;
    if (seen.some((times) => times !== 1)) throw new Error(`${contender.name} lost or doubled events: the run is void`);
    return (count / elapsedMs) * 1000;
  } finally {
    await open.close();
  }
}

/** What a plain table of events has at least, and what it has when it keeps all that a message carries. */
const columnsOf = {
  few: 'id, type, payload',
  all: 'id, batch_id, type, payload, retry_count, created_at, extra1, extra2, extra3, extra4',
};

/** The limit: rows per second that the bare driver reads, in pages, from a plain table, each payload parsed. */
export async function measureBareRead(url: string, count: number, columns: keyof typeof columnsOf): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      create table plain (
        id bigint primary key, batch_id bigint, type text, payload text, retry_count integer, created_at timestamptz,
        extra1 text, extra2 text, extra3 text, extra4 text)`);
    await client.query(
      `insert into plain (id, batch_id, type, payload, created_at)
       select g, 1, 'default', $1::text, now() from generate_series(1, ${count + warmUp}) g`,
      [JSON.stringify(payload)],
    );
    await client.query('vacuum analyze plain');
    let startedAt = Number.NaN;
    let read = 0;
    for (let after = 0; read < count + warmUp; after += 5000) {
      if (read === warmUp) startedAt = performance.now();
      const { rows } = await client.query<{ payload: string }>(
        `select ${columnsOf[columns]} from plain where id > $1 order by id limit 5000`,
        [after],
      );
      for (const row of rows) JSON.parse(row.payload);
      read += rows.length;
    }
    return (count / (performance.now() - startedAt)) * 1000;
  } finally {
    await client.end();
  }
}
