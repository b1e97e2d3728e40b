-- The state with a window opened from its position to this tick.
create or replace function pgque._window_until(state pgque.cursor, tick pgque.tick) returns pgque.cursor
language plpgsql immutable as $$
begin
  state.next_tick_id := tick.tick_id;
  state.next_tick_time := tick.tick_time;
  state.next_snapshot := tick.snapshot;
  state.next_event_seq := tick.event_seq;
  state.next_id_floor := tick.id_floor;
  state.next_id_ceiling := tick.id_ceiling;
  state.page_after := null;
  state.page_until := null;
  return state;
end
$$;
