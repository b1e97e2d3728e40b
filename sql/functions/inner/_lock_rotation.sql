-- Keeps rotation, and who takes a position other than the newest, away until the transaction ends. Waits for those at work.
create or replace function pgque._lock_rotation() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock(7170, 4)
$$;
