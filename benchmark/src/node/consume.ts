import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Contender, payload } from './contender.ts';

/** Events per second from the first to the last handler call; each event must be handled exactly once. */
export async function measureConsumption(contender: Contender, url: string, count: number): Promise<number> {
  const open = await contender.open(url);
  try {
    await open.sendMany(Array.from({ length: count }, (_, index) => ({ ...payload, order_id: index })));
    await sleep(1000);
    const seen = new Uint8Array(count);
    let handled = 0;
    const all = Promise.withResolvers<void>();
    const startedAt = performance.now();
    await open.consume((event) => {
      const { order_id } = event as { order_id: number };
      seen[order_id] = (seen[order_id] ?? 0) + 1;
      handled += 1;
      if (handled === count) all.resolve();
    });
    await all.promise;
    const elapsedMs = performance.now() - startedAt;
    if (seen.some((times) => times !== 1)) throw new Error(`${contender.name} lost or doubled events: the run is void`);
    return (count / elapsedMs) * 1000;
  } finally {
    await open.close();
  }
}

/** The limit: rows per second that the bare driver reads, in pages, from a plain table, each parsed. */
export async function measureBareRead(url: string, count: number): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create table plain (id bigint primary key, type text, payload text)');
    await client.query(`insert into plain select g, 'default', $1::text from generate_series(1, ${count}) g`, [
      JSON.stringify(payload),
    ]);
    await client.query('vacuum analyze plain');
    const startedAt = performance.now();
    let read = 0;
    for (let after = 0; read < count; after += 5000) {
      const { rows } = await client.query<{ payload: string }>(
        'select id, type, payload from plain where id > $1 order by id limit 5000',
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
