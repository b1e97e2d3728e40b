/** In place of pg_cron: a schema with functions of the same names and parameters that only take notes. */
export const cronStandIn = `
  create schema cron;
  create table cron.job (
    jobid bigint primary key generated always as identity, schedule text not null, command text not null,
    database text not null default current_database(), username text not null default current_user,
    active boolean not null default true, jobname text, unique (jobname, username));
  create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as $$
    insert into cron.job (jobname, schedule, command) values ($1, $2, $3)
    on conflict (jobname, username) do update set schedule = excluded.schedule, command = excluded.command
    returning jobid $$;
  create function cron.unschedule(job_id bigint) returns boolean language sql as $$
    delete from cron.job where jobid = $1 returning true $$`;
