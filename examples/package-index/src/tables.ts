import type { Client } from 'pgque';

/** The tables of the application, and the extension that counts dead tuples. The audit log has no unique key: that each event is in it once is for PgQue to keep. */
const tables = `
  create extension if not exists pgstattuple;

  create schema if not exists package_index;

  create table if not exists package_index.run (
    run_id integer primary key generated always as identity,
    started_at timestamptz not null default now()
  );

  create table if not exists package_index.sent_batch (
    run_id integer not null references package_index.run,
    first_position bigint not null,
    primary key (run_id, first_position)
  );

  create table if not exists package_index.audit_log (
    run_id integer not null,
    position bigint not null,
    event_id bigint not null,
    type text,
    payload text,
    logged_at timestamptz not null default now()
  );`;

/** Makes what is missing and returns the number of this run. */
export async function openTables(client: Client): Promise<number> {
  return await client.transaction(async (tx) => {
    await tx.query(tables);
    const [run] = await tx.query<{ run_id: number }>('insert into package_index.run default values returning run_id');
    if (run === undefined) throw new Error('the run was given no number');
    return run.run_id;
  });
}
