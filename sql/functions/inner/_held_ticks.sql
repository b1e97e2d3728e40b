-- The ticks of a queue from which on every event is still held, the oldest first. The caller holds _lock_positions().
create or replace function pgque._held_ticks(queue_id integer) returns setof pgque.tick
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.tick_generation');
  v_oldest constant bigint := coalesce((pgque._state('q', queue_id)).next_tick_id, 0);
begin
  return query
    select t.* from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = _held_ticks.queue_id
      and (t.tick_id >= v_oldest or t.tick_id = (pgque._newest_tick(_held_ticks.queue_id)).tick_id)
    order by t.tick_id;
end
$$;
