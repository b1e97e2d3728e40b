import type { Client } from 'pgque';
import { queueName } from './queue.ts';

/** What the engine has done in this run. */
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
    (select sum(pg_sequence_last_value(s.oid))
     from pg_class s where s.relnamespace = 'pgque'::regnamespace and s.relkind = 'S' and s.relname like '%generation'
    )::float8 as rotations,
    (select sum(t.dead_tuple_count)
     from pg_class c cross join lateral pgstattuple(c.oid) t
     where c.relnamespace = 'pgque'::regnamespace and c.relkind = 'r' and c.relname <> 'queue'
    )::float8 as "deadTuples"`;

/** Counts from its start: data of an earlier run bring their ticks and rotations along. */
export class EngineMeter {
  readonly #client: Client;
  #ticksBefore = 0;
  #rotationsBefore = 0;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async start(client: Client): Promise<EngineMeter> {
    const meter = new EngineMeter(client);
    const { ticks, rotations } = await meter.read();
    meter.#ticksBefore = ticks;
    meter.#rotationsBefore = rotations;
    return meter;
  }

  async read(): Promise<EngineFigures> {
    const [row] = await this.#client.transaction((tx) => tx.query<EngineFigures>(figures, [queueName]));
    if (row === undefined) throw new Error('the engine gave no figures');
    const { ticks, rotations, deadTuples } = row;
    return { ticks: ticks - this.#ticksBefore, rotations: rotations - this.#rotationsBefore, deadTuples };
  }
}
