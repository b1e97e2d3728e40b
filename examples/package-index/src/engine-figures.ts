import type { Client } from 'pgque';
import { queueName } from './queue.ts';

/** What the engine has done since it was installed. */
export interface EngineFigures {
  readonly ticks: number;
  /** Of the queue's event log and of the logs that all queues share. */
  readonly rotations: number;
  /** In all tables of the engine but its list of queues, whose settings are changed in place. */
  readonly deadTuples: number;
}

const figures = `
  select
    (select i.last_tick_id from pgque.get_queue_info($1) i)::float8 as ticks,
    (select sum(pg_sequence_last_value(s.oid) - 3)
     from pg_class s where s.relnamespace = 'pgque'::regnamespace and s.relkind = 'S' and s.relname like '%generation'
    )::float8 as rotations,
    (select sum(t.dead_tuple_count)
     from pg_class c cross join lateral pgstattuple(c.oid) t
     where c.relnamespace = 'pgque'::regnamespace and c.relkind = 'r' and c.relname <> 'queue'
    )::float8 as dead_tuples`;

export async function readEngineFigures(client: Client): Promise<EngineFigures> {
  return await client.transaction(async (tx) => {
    const [row] = await tx.query<{ ticks: number; rotations: number; dead_tuples: number }>(figures, [queueName]);
    return { ticks: row?.ticks ?? 0, rotations: row?.rotations ?? 0, deadTuples: row?.dead_tuples ?? 0 };
  });
}
