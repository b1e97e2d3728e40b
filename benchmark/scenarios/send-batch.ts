import { compare, createQueue, type Figure, payload } from '../harness/figure.ts';

const batches = 100;
const batchSize = 1000;
let logId = 0;

/** `send_batch` of 1,000 beside a bare INSERT … SELECT unnest into the very same table. */
export const sendBatch: Figure = {
  name: 'send_batch of 1,000',
  unit: 'x',
  against: 'bare INSERT … SELECT unnest into the same table',
  must: 1.25,
  aim: 1.1,
  async prepare(client) {
    logId = await createQueue(client, 'send_batch');
  },
  async measure(client, round) {
    await client.query(`truncate pgque.event_${logId}`);
    const loop = (statement: string): string =>
      `do $$ declare v_payloads text[] := array_fill(${payload}::text, array[${batchSize}]);
       begin for i in 1 .. ${batches} loop ${statement}; end loop; end $$`;
    return await compare(
      client,
      round,
      loop(`perform pgque.send_batch('send_batch', 'order.created', v_payloads)`),
      loop(`insert into pgque.event_${logId}_0 (log_id, slot, ev_id, ev_type, ev_data)
            select ${logId}, 0, u.position, 'order.created', u.payload
            from unnest(v_payloads) with ordinality u (payload, position)`),
    );
  },
};
