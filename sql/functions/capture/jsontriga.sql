-- PgQ: a trigger that appends each change of a table to a queue, the row as JSON.
--   type    {"op":"INSERT","table":["public","orders"],"pkey":["id"]}; op is INSERT, UPDATE, DELETE or TRUNCATE
--   payload the row as row_to_json() renders it, the old one of a DELETE; {} for TRUNCATE
--   extra1  the table, as SQL spells it: public.orders
--   extra2  with the argument backup, the old row of an UPDATE or DELETE, in the form of the payload
-- The arguments after the queue, what is left out of a row, and whose rights count: sql/capture.md.
-- Raises invalid_trigger (QU020) and what insert_event() raises; then the change fails with it.
create or replace function pgque.jsontriga() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp set datestyle = 'ISO, MDY' set intervalstyle = postgres set timezone = 'UTC'
set bytea_output = hex set extra_float_digits = 1 set quote_all_identifiers = off as $$
declare
  v_changed record;
  v_before record;
begin
  if TG_OP = 'DELETE' then
    v_changed := OLD;
  else
    v_changed := NEW;
  end if;
  if TG_OP = 'UPDATE' then
    v_before := OLD;
  else
    v_before := v_changed;
  end if;
  if pgque._capture('json', TG_OP, TG_WHEN, TG_LEVEL, TG_RELID, TG_NAME, TG_ARGV, v_changed, v_before) then
    return null;
  end if;
  return v_changed;
end
$$;

comment on function pgque.jsontriga() is 'Trigger: append each change of a table to a queue, as JSON';
grant execute on function pgque.jsontriga() to pgque_writer;
