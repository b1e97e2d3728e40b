-- The rate of the event sequence between the newest tick and the oldest of the 5 minutes before it; NULL when there is
-- only one. Gaps of the sequence count.
create or replace function pgque._events_per_second(newest pgque.tick) returns double precision
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.tick_generation');
begin
  return (
    select (newest.event_seq - t.event_seq) / nullif(extract(epoch from newest.tick_time - t.tick_time), 0)
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = newest.queue_id
      and t.tick_time >= newest.tick_time - interval '5 minutes' and t.tick_id < newest.tick_id
    order by t.tick_id limit 1)::double precision;
end
$$;
