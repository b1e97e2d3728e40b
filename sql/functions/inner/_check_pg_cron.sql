-- health(): pg_cron in this database that is too old for schedules of seconds.
create or replace function pgque._check_pg_cron(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql stable as $$
declare
  v_version constant text := pgque._cron_version();
begin
  if v_version is null then
    return query select 'ok', null::text, 'pg_cron is not in this database'::text, null::text;
  elsif pgque._cron_has_seconds(v_version) then
    return query select 'ok', null::text, 'pg_cron ' || v_version, null::text;
  else
    return query select 'warn', null::text, 'pg_cron ' || v_version || ' has no schedules of seconds',
      'pgque.start() then keeps a job running for each minute. Update to pg_cron 1.5 or later for jobs that start every second.'::text;
  end if;
end
$$;
