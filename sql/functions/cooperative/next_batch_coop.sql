-- PgQ: the cooperative forms of next_batch() and next_batch_custom(): a whole window for one member, which may be empty.
-- What receive_coop() says of members, takeover and locks holds here.
create or replace function pgque.next_batch_custom(
  queue text, consumer text, subconsumer text, min_lag interval, min_count integer, min_interval interval,
  dead_interval interval default null,
  out batch_id bigint, out cur_tick_id bigint, out prev_tick_id bigint, out cur_tick_time timestamptz,
  out prev_tick_time timestamptz, out cur_tick_event_seq bigint, out prev_tick_event_seq bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_member constant pgque.cursor :=
    pgque._claim(queue, consumer, subconsumer, dead_interval, null, false, min_lag, min_count, min_interval);
begin
  batch_id := v_member.batch_id;
  cur_tick_id := v_member.next_tick_id;
  prev_tick_id := v_member.tick_id;
  cur_tick_time := v_member.next_tick_time;
  prev_tick_time := v_member.tick_time;
  cur_tick_event_seq := v_member.next_event_seq;
  prev_tick_event_seq := v_member.event_seq;
end
$$;

create or replace function pgque.next_batch(queue text, consumer text, subconsumer text, dead_interval interval default null)
returns bigint
language sql volatile as $$
  select b.batch_id from pgque.next_batch_custom(queue, consumer, subconsumer, null, null, null, dead_interval) b
$$;

comment on function pgque.next_batch_custom(text, text, text, interval, integer, interval, interval) is 'Open the next window that meets the conditions for a member';
comment on function pgque.next_batch(text, text, text, interval) is 'Open the next window for a member; returns the batch id or NULL';
grant execute on function pgque.next_batch_custom(text, text, text, interval, integer, interval, interval),
  pgque.next_batch(text, text, text, interval) to pgque_reader;
