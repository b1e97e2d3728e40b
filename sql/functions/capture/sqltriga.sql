-- PgQ: a trigger that appends each change of a table to a queue as the part of a statement that repeats it.
--   type    I, U, D, or R for TRUNCATE
--   payload (id,name) values ('1','x')  after "insert into" and the table
--           name='y' where id='1'       after "update", the table and "set": the columns that changed; none, no event
--           id='1'                      after "delete from", the table and "where"; empty for TRUNCATE
--   extra1  the table, as SQL spells it: public.orders
--   extra2  with the argument backup, the old row of an UPDATE or DELETE, urlencoded
-- Without a primary key and pkey= all columns are the key: a statement then meets every row that looks the same.
-- The arguments after the queue, what is left out of a row, and whose rights count: sql/capture.md.
-- Raises invalid_trigger (QU020) and what insert_event() raises; then the change fails with it.
create or replace function pgque.sqltriga() returns trigger
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
  if pgque._capture('sql', TG_OP, TG_WHEN, TG_LEVEL, TG_RELID, TG_NAME, TG_ARGV, v_changed, v_before) then
    return null;
  end if;
  return v_changed;
end
$$;

comment on function pgque.sqltriga() is 'Trigger: append each change of a table to a queue, as partial SQL';
grant execute on function pgque.sqltriga() to pgque_writer;
