-- The schema, and a lock that makes installs in one database queue up behind each other. Not a session lock: a pooler
-- could leave that behind.
-- Raises newer_version_installed (QU024) when this file is older than what it is run over.
-- Whoever uses a queue while this runs waits no longer for it than the lock timeout, which is at most half of the
-- deadlock_timeout: else, of two that wait for each other, the other one might be picked to fail.
do $$
declare
  v_lock_timeout interval := pg_catalog.current_setting('lock_timeout');
  v_version text;
  v_schema_version integer;
begin
  perform pg_catalog.set_config('client_min_messages', 'warning', true);
  perform pg_catalog.pg_advisory_xact_lock(7170, 1);
  v_lock_timeout := least(nullif(v_lock_timeout, '0 seconds'), pg_catalog.current_setting('deadlock_timeout')::interval / 2);
  perform pg_catalog.set_config('lock_timeout', (pg_catalog.date_part('epoch', v_lock_timeout) * 1000)::integer || 'ms', true);
  -- Asked first, because "if not exists" wants CREATE on the database even when there is nothing to do.
  if pg_catalog.to_regnamespace('pgque') is null then
    create schema pgque;
  elsif pg_catalog.to_regclass('pgque.config') is not null then
    select pgque.version(), coalesce((pg_catalog.to_jsonb(c) ->> 'schema_version')::integer, 0)
    into strict v_version, v_schema_version from pgque.config c;
    if v_schema_version > :schema_version
      or pg_catalog.string_to_array(pg_catalog.substring(v_version, '^[0-9.]+'), '.')::integer[]
        > pg_catalog.string_to_array(pg_catalog.substring(':version', '^[0-9.]+'), '.')::integer[] then
      raise exception 'a newer version is installed: %', v_version using
        errcode = 'QU024', detail = pg_catalog.format('installed: %s, schema version %s; this file: %s, schema version %s',
          v_version, v_schema_version, ':version', :schema_version),
        hint = pg_catalog.format('Nothing was changed. Install PgQue %s or later.', v_version);
    end if;
    -- The functions are replaced before the tables have the columns that they use.
    perform pg_catalog.set_config('check_function_bodies', 'off', true);
  end if;
end
$$;

comment on schema pgque is 'PgQue: a durable event stream in logs that are appended, rotated and truncated';
