import { compare, createQueue, type Figure, payload } from '../harness/figure.ts';

const calls = 20_000;
let logId = 0;

/** `send` in a server-side loop beside a bare INSERT into the very same table. */
export const send: Figure = {
  name: 'send, in a server-side loop',
  unit: 'x',
  against: 'bare INSERT into the same table',
  must: 3.0,
  aim: 2.2,
  async prepare(client) {
    logId = await createQueue(client, 'send');
  },
  async measure(client, round) {
    await client.query(`truncate pgque.event_${logId}`);
    return await compare(
      client,
      round,
      `do $$ begin for i in 1 .. ${calls} loop perform pgque.send('send', 'order.created', ${payload}); end loop; end $$`,
      `do $$ begin for i in 1 .. ${calls} loop
         insert into pgque.event_${logId}_0 (log_id, slot, ev_id, ev_type, ev_data)
         values (${logId}, 0, i, 'order.created', ${payload});
       end loop; end $$`,
    );
  },
};
