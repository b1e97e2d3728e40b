import { rows } from './rows.ts';
import type { Session } from './session.ts';

export interface DeadTuples {
  name: string;
  dead: bigint;
}

/** The tables of the engine that hold dead tuples, counted by pgstattuple, and how many. */
export async function deadTuples(session: Session): Promise<DeadTuples[]> {
  await rows(session, 'create extension if not exists pgstattuple schema public');
  return await rows<DeadTuples>(
    session,
    `select c.relname::text as name, t.dead_tuple_count as dead
     from pg_class c cross join lateral public.pgstattuple(c.oid::regclass) t
     where c.relnamespace = 'pgque'::regnamespace and c.relkind = 'r' and t.dead_tuple_count > 0 order by 1`,
  );
}

/** How many tables that counts over. */
export async function countTables(session: Session): Promise<number> {
  return (await rows(session, `select 1 from pg_class where relnamespace = 'pgque'::regnamespace and relkind = 'r'`))
    .length;
}
