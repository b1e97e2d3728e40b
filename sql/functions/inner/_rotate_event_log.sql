-- Moves the rotation of a queue's event log by at most one phase, as pgque.maint() says; returns 1 when it moved.
create or replace function pgque._rotate_event_log(queue_id integer) returns integer
language plpgsql volatile as $$
declare
  v_queue pgque.queue;
  v_generation bigint;
  v_mark pgque.cursor;
  v_next regclass;
begin
  -- Not waiting: drop_queue holds this lock for longer than rotation is worth.
  select q.* into v_queue from pgque.queue q where q.queue_id = _rotate_event_log.queue_id for key share skip locked;
  if not found then
    return 0;
  end if;
  v_generation := pg_sequence_last_value(v_queue.generation_seq);
  v_mark := pgque._rotation_mark('q', queue_id, v_generation);
  v_next := format('pgque.%I', 'event_' || v_queue.log_id || '_' || (v_generation + 1) % 3)::regclass;

  if v_mark.event_seq is null or v_mark.snapshot is null then
    if pgque._lock_slot(v_next, false) and pgque._is_slot_quiet(v_next) then
      v_mark.snapshot := pgque._newest_snapshot();
    elsif v_mark.event_seq is not null then
      return 0;
    end if;
    v_mark.event_seq := coalesce(v_mark.event_seq, pg_sequence_last_value(v_queue.event_seq), 0);
  elsif not v_mark.is_emptied then
    if pg_relation_size(v_next) > 0 then
      -- Asked before the lock, so as not to lock in vain, and again behind it, by a statement that sees what the
      -- lock waited for.
      if not (pgque._is_slot_passed(v_next, queue_id) or pgque._pass_over(v_queue, v_next))
        or not pgque._lock_slot(v_next, true)
        or not pgque._is_slot_passed(v_next, queue_id) then
        return 0;
      end if;
      v_mark.next_tick_id := greatest(v_mark.next_tick_id, pgque._oldest_complete_tick(v_next, queue_id));
      execute format('truncate only %s', v_next);
    end if;
    v_mark.is_emptied := true;
  elsif clock_timestamp() >= v_mark.noted_at + v_queue.rotation_period then
    return pgque._advance('q', queue_id, v_queue.generation_seq, v_generation);
  else
    return 0;
  end if;
  perform pgque._append_state(v_mark);
  return 1;
end
$$;
