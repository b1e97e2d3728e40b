-- Where consumers stand: all, of one queue, or one. lag is the age of the position, last_seen the time since the consumer
-- last moved or opened a batch, pending_events what is committed and not acknowledged, retries that are due included.
-- Members of a cooperative consumer are listed as <consumer>.<member>, with what they hold; that is behind the consumer.
-- A queue or consumer that does not exist raises queue_not_found (QU001), consumer_not_registered (QU002).
create or replace function pgque.get_consumer_info(
  queue text default null, consumer text default null,
  out queue_name text, out consumer_name text, out lag interval, out last_seen interval,
  out last_tick bigint, out current_batch bigint, out next_tick bigint, out pending_events bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  return query
    select q.queue_name, s.consumer_name, clock_timestamp() - c.tick_time, clock_timestamp() - c.changed_at,
      c.tick_id, c.batch_id, c.next_tick_id,
      case when s.parent_id is null then pgque._count_events(q, s.subscription_id, c.snapshot, c.id_floor, c.page_after)
        else pgque._count_batch(c, q, s.parent_id) end
    from pgque.subscription s
    join pgque.queue q on q.queue_id = s.queue_id
    cross join lateral pgque._state('s', s.subscription_id) c
    where (queue is null or q.queue_name = queue) and (consumer is null or s.consumer_name = consumer)
    order by q.queue_name, s.consumer_name;
  if not found and consumer is not null then
    raise exception 'consumer not registered: %, %', coalesce(queue, 'any queue'), consumer using
      errcode = 'QU002', detail = concat_ws(', ', queue, consumer),
      hint = 'Subscribe it with pgque.subscribe(), or check the spelling.';
  end if;
end
$$;

comment on function pgque.get_consumer_info(text, text) is 'Where consumers stand';
grant execute on function pgque.get_consumer_info(text, text) to pgque_reader;
