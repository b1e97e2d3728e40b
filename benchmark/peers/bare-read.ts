import { plainRead } from './bare-table.ts';
import type { Peer } from './peer.ts';
import { poll } from './poll.ts';
import { onClient, SqlPool } from './sql-pool.ts';

const columns = 'id, batch_id, type, payload, retry_count, created_at, extra1, extra2, extra3, extra4';
const page = 5000;

/** The limit from Node: what the driver reads from a plain table. Nothing is remembered on the server. */
export const bareRead: Peer = {
  ...plainRead,
  name: 'plain read by the driver',
  setting: 'pages of 5,000 with all the columns of a message, each payload parsed',
  template: 'bare-read',
  sql: {},
  install: (url) =>
    onClient(url, async (client) => {
      await client.query(`
        create table plain (
          id bigint generated always as identity primary key, batch_id bigint default 1, type text default 'default',
          payload text, retry_count integer, created_at timestamptz default now(),
          extra1 text, extra2 text, extra3 text, extra4 text)`);
    }),
  async open(url) {
    const pool = new SqlPool(url);
    return {
      sendMany: (payloads) =>
        pool.query('insert into plain (payload) select p from unnest($1::text[]) p', [
          payloads.map((payload) => JSON.stringify(payload)),
        ]),
      async consume(handle) {
        let after = '0';
        return poll(1, async () => {
          const rows = await pool.query<{ id: string; payload: string }>(
            `select ${columns} from plain where id > $1 order by id limit ${page}`,
            [after],
          );
          for (const row of rows) await handle(JSON.parse(row.payload) as object, 0);
          after = rows.at(-1)?.id ?? after;
          return rows.length;
        });
      },
      close: () => pool.end(),
    };
  },
  version: () => Promise.resolve(''),
};
