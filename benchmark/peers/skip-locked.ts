import { type Peer, queue } from './peer.ts';
import { poll, together } from './poll.ts';
import { onClient, SqlPool } from './sql-pool.ts';

const takenTogether = 1000;
const pollMs = 10;

/** Takes the oldest that nobody else has, and removes them in the same transaction, as every textbook has it. */
const take = (name: string, count: number | '$1'): string => `
  delete from ${name} where id in (select id from ${name} order by id limit ${count} for update skip locked)
  returning payload`;

export const skipLocked: Peer = {
  name: 'SKIP LOCKED table',
  kind: 'queue',
  setting: 'DELETE … FOR UPDATE SKIP LOCKED of 1,000 in one statement; poll 10 ms; autovacuum as the server has it',
  strength: 'ten lines of SQL of your own and nothing to install',
  fansOut: false,
  schemas: ['public'],
  template: 'skip-locked',
  notOffered: {
    subscribe: 'consumers share the rows',
    tick: 'rows can be read at once: there is nothing to tick',
    acknowledge: 'taking a row acknowledges it',
  },
  sql: {
    createQueue: createTable,
    send: (name) => `insert into ${name} (payload) values (v_payload::jsonb)`,
    sendBatch: (name) => `insert into ${name} (payload) select p::jsonb from unnest(v_payloads) p`,
    readAll: read,
    readPage: read,
    held: (name) => `select count(*) as held from ${name}`,
  },
  install: (url) => onClient(url, async (client) => void (await client.query(createTable(queue)))),
  async open(url, { consumers = 1, members = 1, takenAtOnce = takenTogether }) {
    const pool = new SqlPool(url, Math.max(10, members + 2));
    return {
      send: (payload) => pool.query(`insert into ${queue} (payload) values ($1)`, [JSON.stringify(payload)]),
      sendMany: (payloads) =>
        pool.query(`insert into ${queue} (payload) select p from unnest($1::jsonb[]) p`, [
          payloads.map((payload) => JSON.stringify(payload)),
        ]),
      consume: async (handle) =>
        together(
          Array.from({ length: consumers * members }, () =>
            poll(pollMs, async () => {
              const rows = await pool.query<{ payload: object }>(take(queue, '$1'), [takenAtOnce]);
              for (const { payload } of rows) await handle(payload, 0);
              return rows.length;
            }),
          ),
        ),
      close: () => pool.end(),
    };
  },
  version: () => Promise.resolve(''),
};

function createTable(name: string): string {
  return `create table ${name} (
    id bigint generated always as identity primary key, payload jsonb not null, created_at timestamptz not null default now())`;
}

function read(name: string, _consumer: string, count: number): string {
  return `with taken as (${take(name, count)}) select count(*) as read from taken`;
}
