-- A snapshot that sees nothing.
create or replace function pgque._blank_snapshot() returns pg_snapshot
language sql immutable as $$
  select '1:1:'::pg_catalog.pg_snapshot
$$;
