-- Makes tickers wait for each other until their transactions end.
create or replace function pgque._lock_ticker() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock(7170, 3)
$$;
