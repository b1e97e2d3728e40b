-- The tick to read on from: 'latest', 'earliest', a tick id, or a time, which is the newest tick that is not later.
-- Of ticks that rotation has thinned out the one before is taken. Raises position_not_held (QU021) for what is no longer
-- held or not yet there, with the oldest possible position in DETAIL, and invalid_argument (QU005).
create or replace function pgque._position(queue pgque.queue, start_at text, tick_id bigint, at timestamptz) returns pgque.tick
language plpgsql volatile as $$
declare
  v_at timestamptz := at;
  v_oldest pgque.tick;
  v_newest pgque.tick;
  v_tick pgque.tick;
begin
  perform pgque._lock_positions();
  select h.* into v_oldest from pgque._held_ticks(queue.queue_id) h order by h.tick_id limit 1;
  v_newest := pgque._newest_tick(queue.queue_id);
  if start_at = 'latest' then
    return v_newest;
  elsif start_at = 'earliest' then
    return v_oldest;
  elsif start_at is not null then
    begin
      v_at := start_at::timestamptz;
    exception when data_exception then
      raise exception 'position must be latest, earliest, or a time: %', start_at using
        errcode = 'QU005', detail = start_at, hint = 'For example ''latest'', ''earliest'' or ''2030-01-31 12:00+00''.';
    end;
  elsif v_at is null and tick_id is null then
    raise exception 'position must not be null' using
      errcode = 'QU005', hint = 'Pass ''latest'', ''earliest'', a time or a tick id.';
  end if;

  select h.* into v_tick from pgque._held_ticks(queue.queue_id) h
  where case when v_at is null then h.tick_id <= _position.tick_id and _position.tick_id <= v_newest.tick_id
    else h.tick_time <= v_at end
  order by h.tick_id desc limit 1;
  if not found then
    raise exception 'position is not held: %, %', queue.queue_name, coalesce(v_at::text, tick_id::text) using
      errcode = 'QU021', detail = format('the oldest is tick %s at %s', v_oldest.tick_id, v_oldest.tick_time),
      hint = 'Choose a position from the oldest to the newest tick, or ''earliest''.';
  end if;
  return v_tick;
end
$$;
