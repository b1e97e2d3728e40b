-- The oldest tick of a queue whose snapshot sees everything in a slot that is about to be truncated: nobody can read on from
-- an older one any more. One above the newest when there is none. Ticks see ever more: found by halving.
create or replace function pgque._oldest_complete_tick(slot regclass, queue_id integer) returns bigint
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.tick_generation');
  v_tick_ids bigint[];
  v_snapshots pg_snapshot[];
  v_low integer := 1;
  v_high integer;
  v_middle integer;
begin
  select array_agg(t.tick_id order by t.tick_id), array_agg(t.snapshot order by t.tick_id) into v_tick_ids, v_snapshots
  from pgque.tick t
  where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = _oldest_complete_tick.queue_id;
  v_high := cardinality(v_tick_ids) + 1;
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    if pgque._is_slot_seen(slot, queue_id, v_snapshots[v_middle]) then
      v_high := v_middle;
    else
      v_low := v_middle + 1;
    end if;
  end loop;
  return coalesce(v_tick_ids[v_low], v_tick_ids[v_low - 1] + 1);
end
$$;
