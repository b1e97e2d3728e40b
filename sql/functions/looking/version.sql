-- The version of this install.
create or replace function pgque.version() returns text
language sql immutable as $$
  select ':version'::pg_catalog.text
$$;

comment on function pgque.version() is 'The version of PgQue';
grant execute on function pgque.version() to pgque_reader, pgque_writer, pgque_admin;
