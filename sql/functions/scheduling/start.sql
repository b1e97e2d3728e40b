-- Lets pg_cron tick, move retries and rotate, and purge the rows that our jobs leave in cron.job_run_details. The jobs
-- run as the owner of the schema. Called again it sets the same jobs right, which a new version of pg_cron may ask for.
-- From 1.5 on pg_cron starts a loop each second, before that each minute for a minute.
-- Raises pg_cron_not_installed (QU010); when pg_cron lives in another database, the hint has the statements to run there.
create or replace function pgque.start() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_version constant text := pgque._cron_version();
  v_job record;
begin
  if v_version is null then
    raise exception 'pg_cron extension is not installed' using
      errcode = 'QU010', detail = format('in database %I', current_database()), hint = pgque._cron_advice();
  end if;
  if not pgque._cron_has_seconds(v_version) and pgque._cron_setting('cron.use_background_workers') = 'on' then
    raise warning 'with background workers pg_cron before 1.5 starts other jobs up to a minute late' using
      hint = 'Set cron.use_background_workers to off, or update pg_cron.';
  end if;
  for v_job in select j.* from pgque._cron_jobs(v_version, true) j loop
    -- Dynamic, because the functions of pg_cron are there only where it is. They do not switch on what somebody has
    -- switched off.
    execute 'select cron.unschedule(j.jobid) from cron.job j '
      'where j.jobname = $1 and j.username = current_user and not j.active' using v_job.job_name;
    execute 'select cron.schedule($1, $2, $3)' using v_job.job_name, v_job.schedule, v_job.command;
  end loop;
end
$$;

comment on function pgque.start() is 'Let pg_cron tick, move retries and rotate';
grant execute on function pgque.start() to pgque_admin;
