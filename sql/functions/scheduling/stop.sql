-- Ends what start() has begun: removes its jobs, and no others, and makes the loops that run leave after their tick.
-- Without pg_cron in this database it does only the latter. start() may be called again.
create or replace function pgque.stop() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_version constant text := pgque._cron_version();
begin
  update pgque.config set stops = stops + 1;
  if v_version is null or not has_schema_privilege('cron', 'usage') then
    return;
  end if;
  -- Dynamic, because the table and the functions of pg_cron are there only where it is.
  execute 'select cron.unschedule(j.jobid) from cron.job j join pgque._cron_jobs($1, true) o on j.jobname = o.job_name '
    'where j.database = current_database() and starts_with(j.command, ''/* pgque */'')' using v_version;
end
$$;

comment on function pgque.stop() is 'Remove the jobs that start() scheduled';
grant execute on function pgque.stop() to pgque_admin;
