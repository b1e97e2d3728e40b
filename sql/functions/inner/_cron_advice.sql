-- What to do where pg_cron is not in this database, and no function of it can be called.
create or replace function pgque._cron_advice() returns text
language plpgsql stable as $$
declare
  v_database constant text := pgque._cron_setting('cron.database_name');
  v_version text;
begin
  select e.default_version into v_version from pg_available_extensions e where e.name = 'pg_cron';
  if v_version is null then
    return 'Install pg_cron, or call pgque.ticker_loop() from a scheduler of your own.';
  end if;
  if v_database = current_database() then
    return 'Run "create extension pg_cron" in this database, and start() again.';
  end if;
  return (
    select format('To use a pg_cron in another database, run there%s, as a member of pgque_admin:',
        coalesce(format(', in %I', v_database), ''))
      || string_agg(
        case j.component
          when 'purge_cron_log' then format(E'\nselect cron.schedule(%L, %L, %L);', j.job_name, j.schedule, j.command)
          else format(E'\nselect cron.schedule_in_database(%L, %L, %L, %L);',
            j.job_name, j.schedule, j.command, current_database())
        end, '')
      || format(E'\nTo end it: select cron.unschedule(j.jobname) from cron.job j where j.jobname in (%s);', string_agg(quote_literal(j.job_name), ', '))
    from pgque._cron_jobs(v_version, false) j);
end
$$;
