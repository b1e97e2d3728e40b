import { onClient } from '../../peers/sql-pool.ts';
import { parameter, type Workload } from '../scenario.ts';
import { fill, loop, timed, work } from './server-side.ts';

const consumer = 'reader';

/** Gives back all of a batch in one call, after the same messages were sent in one call. */
export const nackAll: Workload = (measurement) =>
  onClient(measurement.url, async (client) => {
    const events = parameter(measurement, 'size');
    const { sql } = measurement.peer;
    await client.query(sql.createQueue?.(work) ?? '');
    await client.query(sql.subscribe?.(work, consumer) ?? '');
    const sendMs = await timed(client, loop(sql.sendBatch?.(work) ?? '', 1, { size: events }));
    await client.query(sql.tick?.() ?? '');
    const { rows } = await client.query<{ batch: string; ids: string[] }>(
      `select min(batch_id) as batch, array_agg(msg_id) as ids from pgque.receive('${work}', '${consumer}', ${events * 2})`,
    );
    const ids = `'{${rows[0]?.ids.join()}}'::bigint[]`;
    const nackMs = await timed(client, `select pgque.nack(${rows[0]?.batch}, ${ids})`);
    return [{ values: { each: (nackMs * 1000) / events, toSending: nackMs / sendMs } }];
  });

/** Gives back some messages of a batch one by one, and rolls back. */
export const nackEach: Workload = (measurement) =>
  onClient(measurement.url, async (client) => {
    const calls = parameter(measurement, 'calls');
    const { sql } = measurement.peer;
    await client.query(sql.createQueue?.(work) ?? '');
    await client.query(sql.subscribe?.(work, consumer) ?? '');
    await fill(measurement, client, parameter(measurement, 'size'));
    const all = `do $$ declare m pgque.message; begin
      for m in select * from pgque.receive('${work}', '${consumer}', 1000000) limit ${calls} loop
        perform pgque.nack(m.batch_id, m);
      end loop; end $$`;
    await client.query(`begin; ${all}; rollback`);
    await client.query('begin');
    const ms = await timed(client, all);
    await client.query('rollback');
    return [{ values: { each: (ms * 1000) / calls } }];
  });
