-- Since when a subscription has had something to read: the first tick after its position at which the event sequence had
-- moved on, or where that is no longer held the end of its window. NULL: there is nothing.
create or replace function pgque._readable_since(queue_id integer, state pgque.cursor) returns timestamptz
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_since timestamptz;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    select t.tick_time into v_since
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3)
      and t.queue_id = _readable_since.queue_id and t.tick_id > state.tick_id and t.event_seq > state.event_seq
    order by t.tick_id limit 1;
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
  return coalesce(v_since, state.next_tick_time);
end
$$;
