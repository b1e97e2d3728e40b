import { createQueue, type Figure, payload, timed } from '../harness/figure.ts';

const calls = 200;
const sizes = { small: 200, large: 20_000 };

/** One `nack` in a batch of 20,000 beside one in a batch of 200: what it costs must not grow with the batch. */
export const nackEach: Figure = {
  name: 'nack of one message of a 20,000-message batch',
  unit: 'x',
  against: 'the same in a batch of 200',
  must: 2,
  aim: 1,
  async prepare(client) {
    for (const [name, size] of Object.entries(sizes)) {
      await createQueue(client, `nack ${name}`);
      await client.query(`select pgque.subscribe('nack ${name}', 'reader')`);
      await client.query(`select pgque.send_batch('nack ${name}', 't', array_fill(${payload}::text, array[${size}]))`);
      await client.query('select pgque.ticker()');
    }
  },
  async measure(client) {
    // Rolled back, so that each round gives back the same messages for the first time.
    const nackAll = async (name: string): Promise<number> => {
      await client.query('begin');
      const ms = await timed(
        client,
        `do $$ declare m pgque.message; begin
           for m in select * from pgque.receive('nack ${name}', 'reader', 100000) limit ${calls} loop
             perform pgque.nack(m.batch_id, m);
           end loop; end $$`,
      );
      await client.query('rollback');
      return ms / calls;
    };
    const limitMs = await nackAll('small');
    const ownMs = await nackAll('large');
    return { value: ownMs / limitMs, ownMs, limitMs };
  },
};
