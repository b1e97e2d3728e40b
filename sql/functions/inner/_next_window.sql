-- The state with the next window opened: from its position to a later tick; next_tick_id stays NULL when there is none.
-- The end is the span-th tick after the position, or the newest when there are fewer: whoever met empty windows asks
-- for longer ones.
create or replace function pgque._next_window(state pgque.cursor, span integer) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_queue_id integer;
  v_generation bigint;
  v_tick pgque.tick;
begin
  select s.queue_id into v_queue_id from pgque.subscription s where s.subscription_id = state.subject;
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    select n.* into v_tick
    from (
      select t.* from pgque.tick t
      where t.slot in (v_generation % 3, (v_generation + 2) % 3)
        and t.queue_id = v_queue_id and t.tick_id > state.tick_id
      order by t.tick_id limit span) n
    order by n.tick_id desc limit 1;
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
  if v_tick.tick_id is null then
    return state;
  end if;
  return pgque._window_until(state, v_tick);
end
$$;
