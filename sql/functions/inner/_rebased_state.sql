-- The state with the snapshots and floors that its ticks have now.
create or replace function pgque._rebased_state(state pgque.cursor, ticks pgque.tick[]) returns pgque.cursor
language plpgsql immutable as $$
begin
  select t.snapshot, t.id_floor into state.snapshot, state.id_floor from unnest(ticks) t where t.tick_id = state.tick_id;
  select t.snapshot, t.id_floor into state.next_snapshot, state.next_id_floor
  from unnest(ticks) t where t.tick_id = state.next_tick_id;
  return state;
end
$$;
