-- seek() for each of the ways to name a position.
create or replace function pgque._seek(queue text, consumer text, start_at text, tick_id bigint, at timestamptz) returns bigint
language plpgsql volatile as $$
declare
  v_queue constant pgque.queue := pgque._find_queue(queue);
  v_state pgque.cursor;
  v_tick pgque.tick;
begin
  perform pgque._require_read_committed('seek');
  -- Before the subscription: maint() reads subscriptions under this lock.
  perform pgque._lock_positions();
  v_state := pgque._lock_subscription(queue, consumer);
  if v_state.batch_id is not null then
    raise exception 'a batch is open: %, %', queue, consumer using
      errcode = 'QU019', detail = concat_ws(', ', queue, consumer), hint = 'Acknowledge it before the consumer is moved.';
  end if;
  v_tick := pgque._position(v_queue, start_at, tick_id, at);
  perform pgque._append_state(pgque._past_window(pgque._window_until(v_state, v_tick)));
  return v_tick.tick_id;
end
$$;
