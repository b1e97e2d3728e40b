-- Makes movers of retries, and the rotation of pgque.later, wait for each other until their transactions end.
create or replace function pgque._lock_mover() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock(7170, 5)
$$;

-- As _lock_mover, but false instead of waiting.
create or replace function pgque._try_lock_mover() returns boolean
language sql volatile as $$
  select pg_catalog.pg_try_advisory_xact_lock(7170, 5)
$$;
