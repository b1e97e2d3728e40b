-- Moves the rows of a slot to another one of the same log, with expressions in place of some columns, which may use what is
-- joined. Of rows that a unique index takes for one, the first is kept. The caller keeps everybody else away.
create or replace function pgque._move_slot(
  log text, from_slot integer, to_slot integer, replaced jsonb default '{}', joined text default '') returns void
language plpgsql volatile as $$
declare
  v_from constant regclass := format('pgque.%I', log || '_' || from_slot)::regclass;
  v_columns text;
  v_values text;
begin
  if from_slot = to_slot or pg_relation_size(v_from) = 0 then
    return;
  end if;
  replaced := replaced || jsonb_build_object('slot', to_slot::text);
  select string_agg(quote_ident(a.attname), ', ' order by a.attnum),
    string_agg(coalesce(replaced ->> a.attname, quote_ident(a.attname)), ', ' order by a.attnum)
  into v_columns, v_values
  from pg_attribute a where a.attrelid = v_from and a.attnum > 0 and not a.attisdropped;
  -- Dynamic, because the slots are tables of their log.
  execute format('insert into pgque.%I (%s) select %s from only %s %s on conflict do nothing',
    log || '_' || to_slot, v_columns, v_values, v_from, joined);
  execute format('truncate only %s', v_from);
end
$$;
