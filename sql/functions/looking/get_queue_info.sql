-- Queues with their settings: all, or one. queue_cur_table is the table that takes events now, queue_switch_time when
-- rotation came to it, ticker_lag the age of the newest tick, ev_per_sec the rate between the ticks of the last minutes
-- (NULL: not known), ev_new the committed events that no tick has seen. Raises queue_not_found (QU001).
create or replace function pgque.get_queue_info(
  queue text default null,
  out queue_name text, out queue_ntables integer, out queue_cur_table integer, out queue_rotation_period interval,
  out queue_switch_time timestamptz, out queue_external_ticker boolean, out queue_ticker_paused boolean,
  out queue_ticker_max_count integer, out queue_ticker_max_lag interval, out queue_ticker_idle_period interval,
  out ticker_lag interval, out ev_per_sec double precision, out ev_new bigint, out last_tick_id bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  return query
    select q.queue_name, 3, (pg_sequence_last_value(q.generation_seq) % 3)::integer, q.rotation_period,
      coalesce(m.noted_at, q.created_at), q.external_ticker, q.ticker_paused, q.ticker_max_count, q.ticker_max_lag,
      q.ticker_idle_period, clock_timestamp() - t.tick_time, pgque._events_per_second(t),
      pgque._count_events(q, null, t.snapshot, t.id_floor), t.tick_id
    from pgque.queue q
    cross join lateral pgque._newest_tick(q.queue_id) t
    cross join lateral pgque._state('q', q.queue_id) m
    where queue is null or q.queue_name = queue
    order by q.queue_name;
end
$$;

comment on function pgque.get_queue_info(text) is 'Queues with their settings and rates';
grant execute on function pgque.get_queue_info(text) to pgque_reader;
