-- One row for each part of the install, with a status (info, scheduled, stopped, unavailable) and a sentence.
create or replace function pgque.status() returns table (component text, status text, detail text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_cron_version constant text := pgque._cron_version();
begin
  return query select 'postgresql', 'info', pg_catalog.version();
  return query select 'pgque', 'info', pgque.version();
  if v_cron_version is not null then
    return query select 'pg_cron', 'info', format('pg_cron %s is installed', v_cron_version);
    if has_schema_privilege('cron', 'usage') then
      -- Dynamic, because the table of pg_cron is there only where it is.
      return query execute 'select o.component, case when j.active then ''scheduled'' else ''stopped'' end, '
        'case when not coalesce(j.active, false) then ''pgque.start() schedules it'' '
        'when o.component = ''ticker'' then format(''job %s, %s, a tick every %s ms'', j.jobid, j.schedule, c.tick_period_ms) '
        'else format(''job %s, %s'', j.jobid, j.schedule) end '
        'from pgque.config c, pgque._cron_jobs($1, true) with ordinality o (component, job_name, schedule, command, position) '
        'left join cron.job j on j.jobname = o.job_name and j.database = current_database() and starts_with(j.command, ''/* pgque */'') '
        'order by o.position' using v_cron_version;
    end if;
  else
    return query select 'pg_cron', 'unavailable',
      'pg_cron not installed -- call pgque.ticker(), pgque.maint() and pgque.maint_retry_events() from your application';
  end if;
  return query select 'queues', 'info', count(*) || ' queues configured' from pgque.queue;
  return query select 'consumers', 'info', count(*) || ' active subscriptions' from pgque.subscription;
end
$$;

comment on function pgque.status() is 'One row for each part of the install';
grant execute on function pgque.status() to pgque_admin;
