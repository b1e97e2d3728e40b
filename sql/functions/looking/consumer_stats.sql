-- Where consumers stand, of all queues or of one, without counting events; get_consumer_info() counts. lag is the age of
-- the position while something is behind it, else zero; last_seen the time since it last moved, opened a batch or was touched, NULL: never;
-- pending_events_estimate goes by the event sequence up to the newest tick, in which rolled-back sends and forced ticks leave
-- gaps. retries_pending and dead_letters are counted. Members of a cooperative consumer are listed as <consumer>.<member>,
-- with what they hold; that is behind the consumer. Raises queue_not_found (QU001).
create or replace function pgque.consumer_stats(
  queue text default null,
  out queue_name text, out consumer_name text, out lag interval, out last_seen interval, out last_tick_id bigint,
  out batch_id bigint, out batch_age interval, out pending_events_estimate bigint, out retries_pending bigint,
  out dead_letters bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  return query
    select c.queue_name, c.consumer_name, c.lag, c.last_seen, c.last_tick_id, c.batch_id, c.batch_age,
      c.pending_events_estimate, coalesce(r.pending, 0),
      (select count(*) from pgque.dead_letter d where d.subscription_id = c.subscription_id)
    from pgque._consumers() c
    left join pgque._retries() r on r.subscription_id = c.subscription_id
    where queue is null or c.queue_name = queue
    order by c.queue_name, c.consumer_name;
end
$$;

comment on function pgque.consumer_stats(text) is 'Where consumers stand, without counting events';
grant execute on function pgque.consumer_stats(text) to pgque_reader;
