-- The queues, or the one queue, whose event log may be able to move by a phase, found in one statement: with a thousand
-- queues at rest maint() costs little. Those that have waited longest come first.
create or replace function pgque._event_logs_to_rotate(only_queue_id integer) returns setof integer
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.cursor_generation');
begin
  return query
    select q.queue_id
    from pgque.queue q
    left join lateral (
      select c.* from pgque.cursor c
      where c.slot in (v_generation % 3, (v_generation + 2) % 3) and c.kind = 'q' and c.subject = q.queue_id
      order by c.version desc limit 1) m on true
    where (only_queue_id is null or q.queue_id = only_queue_id)
      and (m.generation is distinct from pg_sequence_last_value(q.generation_seq)
        or m.snapshot is null
        or not m.is_emptied
        or clock_timestamp() >= m.noted_at + q.rotation_period and coalesce(pg_sequence_last_value(q.event_seq), 0) is distinct from m.event_seq)
    order by m.changed_at nulls first;
end
$$;
