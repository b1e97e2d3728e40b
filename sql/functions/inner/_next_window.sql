-- The state with the next window opened: from its position to the first tick by which min_events event ids have been drawn,
-- or to the newest when there are fewer; next_tick_id stays NULL when there is none. With 0 it is the next tick. A
-- consumer far behind a ticker that ticks a thousand times a second so reads pages, not ticks.
create or replace function pgque._next_window(state pgque.cursor, min_events bigint) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_queue_id constant integer := (pgque._queue_of(state.subject)).queue_id;
  v_tick pgque.tick := pgque._newest_tick(v_queue_id);
  v_generation bigint;
begin
  if v_tick.tick_id > state.tick_id and v_tick.event_seq >= state.event_seq + min_events then
    loop
      v_generation := pg_sequence_last_value('pgque.tick_generation');
      select t.* into v_tick
      from pgque.tick t
      where t.slot in (v_generation % 3, (v_generation + 2) % 3)
        and t.queue_id = v_queue_id and t.tick_id > state.tick_id and t.event_seq >= state.event_seq + min_events
      order by t.tick_id limit 1;
      exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
    end loop;
  end if;
  if v_tick.tick_id is null or v_tick.tick_id <= state.tick_id then
    return state;
  end if;
  return pgque._window_until(state, v_tick);
end
$$;
