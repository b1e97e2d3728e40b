-- Keeps rotation away until the transaction ends: a position that is to be taken, and is not committed yet, would not hold
-- back what it needs. Waits for a maint() that is running.
create or replace function pgque._lock_positions() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock_shared(7170, 4)
$$;
