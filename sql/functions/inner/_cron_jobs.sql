-- The jobs of this database, for a pg_cron of this version that lives here or in another database. There, their names
-- end with the name of this one, because all databases share its table of jobs. Commands begin with a mark, by which
-- stop() knows our jobs and the purge our rows, also those of jobs that are gone.
create or replace function pgque._cron_jobs(version text, is_here boolean)
returns table (component text, job_name text, schedule text, command text)
language plpgsql stable as $$
declare
  v_has_seconds constant boolean := pgque._cron_has_seconds(version);
  -- The names of jobs have 63 bytes.
  v_room constant integer := 63 - octet_length('pgque' || '_purge_cron_log@');
  v_suffix constant text := case
    when is_here then ''
    when octet_length(current_database()) <= v_room then '@' || current_database()
    else '@' || left(md5(current_database()), v_room)
  end;
  v_repeat constant text := '/* pgque */ do $pgque$ begin for v_call in 1 .. 100 loop '
    'exit when pgque.%s() operator(pg_catalog.=) 0; commit; end loop; end $pgque$';
begin
  return query
    select j.component, 'pgque_' || j.component || v_suffix, j.schedule, j.command
    from (values
      ('ticker',
        case when v_has_seconds then '1 second' else '* * * * *' end,
        format('/* pgque */ call pgque.ticker_loop(''%s'')', case when v_has_seconds then '1 second' else '1 minute' end)),
      ('retry_events', case when v_has_seconds then '30 seconds' else '* * * * *' end, format(v_repeat, 'maint_retry_events')),
      ('maint', case when v_has_seconds then '30 seconds' else '* * * * *' end, format(v_repeat, 'maint')),
      ('purge_cron_log', '0 * * * *', format(
        '/* pgque */ delete from cron.job_run_details d '
        'where d.database operator(pg_catalog.=) %L and pg_catalog.starts_with(d.command, ''/* pgque */'') '
        'and coalesce(d.end_time, d.start_time, ''-infinity'') operator(pg_catalog.<) '
        '(pg_catalog.now() operator(pg_catalog.-) interval ''1 day'')', current_database()))
    ) j (component, schedule, command);
end
$$;
