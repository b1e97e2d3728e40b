-- PgQ: opens the next window as a batch, or returns the open batch. NULL when there is no further tick; a batch may be
-- empty. Close it with finish_batch(). Raises queue_not_found (QU001), consumer_not_registered (QU002).
-- Locks the subscription until the transaction ends.

-- With conditions: the batch ends at a tick at least min_lag old, and covers min_count events or min_interval of time
-- (one of the two suffices when both are given).
create or replace function pgque.next_batch_custom(
  queue text, consumer text, min_lag interval, min_count integer, min_interval interval,
  out batch_id bigint, out cur_tick_id bigint, out prev_tick_id bigint, out cur_tick_time timestamptz,
  out prev_tick_time timestamptz, out cur_tick_event_seq bigint, out prev_tick_event_seq bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_state pgque.cursor := pgque._lock_subscription(queue, consumer);
begin
  if v_state.batch_id is null then
    if v_state.next_tick_id is null then
      v_state := pgque._next_custom_window(v_state, min_lag, min_count, min_interval);
      if v_state.next_tick_id is null then
        return;
      end if;
    end if;
    v_state.batch_id := nextval('pgque.batch_id_seq');
    perform pgque._append_state(v_state);
  end if;
  batch_id := v_state.batch_id;
  cur_tick_id := v_state.next_tick_id;
  prev_tick_id := v_state.tick_id;
  cur_tick_time := v_state.next_tick_time;
  prev_tick_time := v_state.tick_time;
  cur_tick_event_seq := v_state.next_event_seq;
  prev_tick_event_seq := v_state.event_seq;
end
$$;

create or replace function pgque.next_batch_info(
  queue text, consumer text,
  out batch_id bigint, out cur_tick_id bigint, out prev_tick_id bigint, out cur_tick_time timestamptz,
  out prev_tick_time timestamptz, out cur_tick_event_seq bigint, out prev_tick_event_seq bigint)
language sql volatile as $$
  select * from pgque.next_batch_custom(queue, consumer, null, null, null)
$$;

create or replace function pgque.next_batch(queue text, consumer text) returns bigint
language sql volatile as $$
  select b.batch_id from pgque.next_batch_custom(queue, consumer, null, null, null) b
$$;

comment on function pgque.next_batch_custom(text, text, interval, integer, interval) is 'Open the next window that meets the conditions as a batch';
comment on function pgque.next_batch_info(text, text) is 'Open the next window as a batch; returns it with its ticks';
comment on function pgque.next_batch(text, text) is 'Open the next window as a batch; returns its id or NULL';
grant execute on function pgque.next_batch_custom(text, text, interval, integer, interval),
  pgque.next_batch_info(text, text), pgque.next_batch(text, text) to pgque_reader;
