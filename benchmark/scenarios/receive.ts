import { compare, createQueue, type Figure, payload } from '../harness/figure.ts';

const events = 100_000;
let logId = 0;
let txid = '';

/** `receive` of 100,000 messages beside a plain ordered SELECT of the same rows by transaction. */
export const receive: Figure = {
  name: 'receive of 100,000',
  unit: 'x',
  against: 'SELECT … WHERE ev_txid … ORDER BY ev_id of the same rows',
  must: 3.5,
  aim: 2,
  async prepare(client) {
    logId = await createQueue(client, 'receive');
    await client.query(`select pgque.subscribe('receive', 'reader')`);
    await client.query(
      `select pgque.send_batch('receive', 'order.created', array_fill(${payload}::text, array[1000]))
       from generate_series(1, ${events / 1000})`,
    );
    await client.query('select pgque.ticker()');
    await client.query(`vacuum analyze pgque.event_${logId}_0`);
    const { rows } = await client.query<{ txid: string }>(
      `select min(ev_txid::text) as txid from pgque.event_${logId}_0`,
    );
    txid = rows[0]?.txid ?? '';
  },
  async measure(client, round) {
    // All columns are made on both sides: the whole row is counted. The batch stays open and is read again.
    return await compare(
      client,
      round,
      `select count(m) from pgque.receive('receive', 'reader', ${events * 2}) m`,
      `select count(m) from (
         select ev_id, 1::bigint, ev_type, ev_data, ev_retry, ev_time, ev_extra1, ev_extra2, ev_extra3, ev_extra4
         from pgque.event_${logId}_0 where ev_txid >= '${txid}'::xid8 order by ev_id offset 0) m`,
    );
  },
};
