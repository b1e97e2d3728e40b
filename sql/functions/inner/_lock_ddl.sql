-- Makes sessions that create or drop queues queue up behind each other until their transactions end.
create or replace function pgque._lock_ddl() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock(7170, 2)
$$;
