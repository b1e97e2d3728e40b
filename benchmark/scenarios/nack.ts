import { createQueue, type Figure, payload, timed } from '../harness/figure.ts';

const events = 20_000;

/** Giving back every message of a batch of 20,000 in one call, beside receiving it: both are one pass over the batch. */
export const nack: Figure = {
  name: 'nack of all of a 20,000-message batch, in one call',
  unit: 'x',
  against: 'sending the same messages with send_batch',
  must: 4,
  aim: 2,
  async prepare(client) {
    await createQueue(client, 'nack');
  },
  async measure(client, round) {
    const consumer = `reader ${round}`;
    await client.query(`select pgque.subscribe('nack', '${consumer}')`);
    const limitMs = await timed(
      client,
      `select pgque.send_batch('nack', 'order.created', array_fill(${payload}::text, array[${events}]))`,
    );
    await client.query('select pgque.ticker()');
    const { rows } = await client.query<{ batch: string; ids: string[] }>(
      `select min(batch_id) as batch, array_agg(msg_id) as ids from pgque.receive('nack', '${consumer}', ${events * 2})`,
    );
    const ids = `'{${rows[0]?.ids.join()}}'::bigint[]`;
    const ownMs = await timed(client, `select pgque.nack(${rows[0]?.batch}, ${ids})`);
    return { value: ownMs / limitMs, ownMs, limitMs };
  },
};
