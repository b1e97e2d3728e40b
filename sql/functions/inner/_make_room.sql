-- A slot of a log that has no rows, for rebase(): the current one, the previous one or, where readers look at all three, the
-- next. When none of these is empty, what the current one has goes to the previous one. The caller keeps everybody else away.
create or replace function pgque._make_room(log text, current_generation bigint, is_next_read boolean) returns integer
language plpgsql volatile as $$
declare
  v_current constant integer := (current_generation % 3)::integer;
  v_previous constant integer := ((current_generation + 2) % 3)::integer;
  v_slot integer;
begin
  foreach v_slot in array array[v_current, v_previous] || case when is_next_read then array[3 - v_current - v_previous] else '{}' end loop
    if pg_relation_size(format('pgque.%I', log || '_' || v_slot)::regclass) = 0 then
      return v_slot;
    end if;
  end loop;
  perform pgque._move_slot(log, v_current, v_previous);
  return v_current;
end
$$;
