-- The schema, and a lock that makes installs in one database queue up behind each other. Not a session lock: a pooler
-- could leave that behind.
-- Raises newer_version_installed (QU024) when this file is older than what it is run over, and duplicate_schema (42P06)
-- when that is not PgQue: uninstall() would take it along.
do $$
declare
  v_version text;
  v_schema_version integer;
begin
  perform pg_catalog.set_config('client_min_messages', 'warning', true);
  perform pg_catalog.pg_advisory_xact_lock(7170, 1);
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
  elsif exists (select from pg_catalog.pg_class c where c.relnamespace = 'pgque'::regnamespace)
    or exists (select from pg_catalog.pg_proc p where p.pronamespace = 'pgque'::regnamespace) then
    raise exception 'schema "pgque" holds something else' using
      errcode = 'duplicate_schema', hint = 'Nothing was changed. Drop that schema, or build PgQue for another one.';
  end if;
end
$$;

comment on schema pgque is 'PgQue: a durable event stream in logs that are appended, rotated and truncated';
