-- The schema, and a lock that makes installs in one database queue up behind each other.
-- Not a session lock: a pooler could leave that behind.
do $$
begin
  perform pg_catalog.set_config('client_min_messages', 'warning', true);
  perform pg_catalog.pg_advisory_xact_lock(7170, 1);
  -- Asked first, because "if not exists" wants CREATE on the database even when there is nothing to do.
  if pg_catalog.to_regnamespace('pgque') is null then
    create schema pgque;
  end if;
end
$$;

comment on schema pgque is 'PgQue: a durable event stream in logs that are appended, rotated and truncated';
