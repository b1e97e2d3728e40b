-- Queues at a glance: all, or one, without counting events; get_queue_info() counts.
--   events_per_second        between the ticks of the last minutes; NULL: not known
--   unticked_events_estimate steps of the event sequence since the newest tick
--   slowest_consumer         the one whose position is oldest, not a member, with its lag and its estimate of pending events
--   delayed_pending          delayed sends that are not delivered yet
--   rotation_age             since the event log rotated
--   bytes                    of the event log with its indexes; asking for them takes most of the time of this call
-- Raises queue_not_found (QU001).
create or replace function pgque.queue_stats(
  queue text default null,
  out queue_name text, out last_tick_id bigint, out ticker_lag interval, out events_per_second double precision,
  out unticked_events_estimate bigint, out consumers integer, out slowest_consumer text, out slowest_lag interval,
  out pending_events_estimate bigint, out retries_pending bigint, out delayed_pending bigint, out dead_letters bigint, out rotation_age interval, out bytes bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  return query
    with consumer as materialized (
      select distinct on (c.queue_id) c.*, (count(*) over (partition by c.queue_id))::integer as consumers
      from pgque._consumers() c where not c.is_member order by c.queue_id, c.last_tick_id, c.consumer_name),
    retry as materialized (
      select r.queue_id, coalesce(sum(r.pending) filter (where r.subscription_id <> 0), 0)::bigint as retries,
        coalesce(sum(r.pending) filter (where r.subscription_id = 0), 0)::bigint as delayed
      from pgque._retries() r group by r.queue_id)
    select q.queue_name, t.tick_id, v_now - t.tick_time, pgque._events_per_second(t),
      greatest(coalesce(pg_sequence_last_value(q.event_seq), 0) - t.id_floor, 0),
      coalesce(c.consumers, 0), c.consumer_name, c.lag, c.pending_events_estimate, coalesce(r.retries, 0), coalesce(r.delayed, 0),
      (select count(*) from pgque.dead_letter d where d.queue_id = q.queue_id),
      v_now - coalesce(m.noted_at, q.created_at),
      (select sum(pg_total_relation_size(format('pgque.%I', 'event_' || q.log_id || '_' || slot)::regclass))
       from generate_series(0, 2) slot)::bigint
    from pgque.queue q
    left join pgque._newest_ticks() t on t.queue_id = q.queue_id
    left join pgque._states('q') m on m.subject = q.queue_id
    left join consumer c on c.queue_id = q.queue_id
    left join retry r on r.queue_id = q.queue_id
    where queue is null or q.queue_name = queue
    order by q.queue_name;
end
$$;

comment on function pgque.queue_stats(text) is 'Queues at a glance, without counting events';
grant execute on function pgque.queue_stats(text) to pgque_reader;
