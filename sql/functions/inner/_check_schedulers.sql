-- health(): more than one scheduler: jobs of the pg_cron in this database that tick, and sessions that ticked all queues
-- within the last minute, told apart by application and address. Best effort: statements of other roles are seen by members
-- of pg_read_all_stats alone, and jobs of other databases not at all.
create or replace function pgque._check_schedulers(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_pattern constant text := '[[:<:]]pgque[.](ticker\s*\(\s*\)|tick_pending\s*\(|ticker_loop\s*\()';
  v_schedulers text[];
begin
  v_schedulers := array(
    select format('application "%s"%s', a.application_name, coalesce(' at ' || host(a.client_addr), ''))
    from pg_stat_activity a
    where a.datname = current_database() and a.backend_type = 'client backend' and a.application_name !~ '^pg_cron'
      and a.pid <> pg_backend_pid() and a.query ~* v_pattern
      and (a.state <> 'idle' or a.state_change > clock_timestamp() - interval '1 minute')
    group by a.application_name, a.client_addr
    order by 1);
  if pgque._cron_version() is not null then
    begin
      -- Dynamic, because the table is there only with pg_cron.
      execute 'select $1 || array(select format(''job "%s" of pg_cron'', coalesce(j.jobname, j.jobid::text)) from cron.job j'
        ' where j.active and j.database = current_database() and j.command ~* $2 order by j.jobid)'
      into v_schedulers using v_schedulers, v_pattern;
    exception when insufficient_privilege or undefined_table or invalid_schema_name then
      null;
    end;
  end if;
  if cardinality(v_schedulers) > 1 then
    return query select 'warn', null::text, array_to_string(v_schedulers, ', ') || ' tick all queues',
      'One is enough. More do no harm, but wait for each other: stop all but one.'::text;
  else
    return query select 'ok', null::text, coalesce(v_schedulers[1] || ' ticks', 'none was seen'), null::text;
  end if;
end
$$;
