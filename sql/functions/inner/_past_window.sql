-- The state with its position moved to the end of its window, and no window and no batch open. A state without a
-- window becomes one without a position: that of a member at rest.
create or replace function pgque._past_window(state pgque.cursor) returns pgque.cursor
language plpgsql immutable as $$
begin
  state.tick_id := state.next_tick_id;
  state.tick_time := state.next_tick_time;
  state.snapshot := state.next_snapshot;
  state.event_seq := state.next_event_seq;
  state.id_floor := state.next_id_floor;
  state.next_tick_id := null;
  state.next_tick_time := null;
  state.next_snapshot := null;
  state.next_event_seq := null;
  state.next_id_floor := null;
  state.next_id_ceiling := null;
  state.batch_id := null;
  state.generation := null;
  state.page_after := null;
  state.page_until := null;
  return state;
end
$$;
