import { notOpened, type Peer, type ServerSide } from './peer.ts';
import { pgque } from './pgque.ts';

// The first queue of an install has the number 1, and its first slot is 0.
const table = 'pgque.event_1_0';
const columns = 'log_id, slot, ev_id, ev_type, ev_data';

/** A limit of the server: bare statements on the very table in which PgQue keeps events, indexes and all. */
function limit(name: string, setting: string, sql: ServerSide): Peer {
  return {
    ...pgque,
    name,
    kind: 'limit',
    setting,
    strength: 'it is the limit, not a queue',
    sql: { subscribe: () => 'select 1', tick: () => 'select 1', acknowledge: () => `truncate ${table}`, ...sql },
    notOffered: {},
    open: notOpened,
  };
}

export const bareInsert = limit('bare INSERT', 'INSERT … VALUES into the table of a queue', {
  send: () => `insert into ${table} (${columns}) values (1, 0, i, 'order.created', v_payload)`,
});

const insertSelect = `insert into ${table} (${columns})
  select 1, 0, i::bigint * 100000 + u.position, 'order.created', u.payload from unnest(v_payloads) with ordinality u (payload, position)`;

export const bareInsertSelect = limit('INSERT … SELECT', 'INSERT … SELECT unnest into the table of a queue', {
  sendBatch: () => insertSelect,
});

const file = `current_setting('data_directory') || '/bench.copy'`;

export const bareCopy = limit('COPY', 'COPY of a file on the server into the table of a queue', {
  beforeSendBatch: () => `
    execute format('copy (
      select 1, 0, u.position, ''order.created'', u.payload from unnest(%L::text[]) with ordinality u (payload, position)
    ) to %L', v_payloads, ${file})`,
  sendBatch: () => `execute format('copy ${table} (${columns}) from %L', ${file})`,
});

export const plainRead = limit('plain ordered read', 'SELECT … WHERE ev_txid … ORDER BY ev_id, all columns', {
  sendBatch: () => insertSelect,
  readAll: () => `
    select count(m) as read from (
      select ev_id, 1::bigint, ev_type, ev_data, ev_retry, ev_time, ev_extra1, ev_extra2, ev_extra3, ev_extra4
      from ${table} where ev_txid >= '3'::xid8 order by ev_id offset 0) m`,
});
