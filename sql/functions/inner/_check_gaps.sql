-- health(): consumers that were moved past events within the last week, as max_consumer_lag demands; one row for each queue
-- that has any.
create or replace function pgque._check_gaps(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
begin
  return query
    select 'warn', q.queue_name,
      string_agg(format('consumer "%s" was moved past %s events, from tick %s (%s) to tick %s (%s), last at %s', g.consumer_name, g.events,
        g.tick_id, g.tick_time::timestamptz(0), g.next_tick_id, g.next_tick_time::timestamptz(0), g.moved_at::timestamptz(0)),
        '; ' order by g.moved_at desc),
      'It was further behind than max_consumer_lag of the queue. See pgque.gap; a week after the last move this warning ends.'::text
    from (
      select g.queue_id, g.consumer_name, sum(g.events) as events, min(g.tick_id) as tick_id, min(g.tick_time) as tick_time,
        max(g.next_tick_id) as next_tick_id, max(g.next_tick_time) as next_tick_time, max(g.moved_at) as moved_at
      from pgque.gap g where g.moved_at > clock_timestamp() - interval '7 days'
      group by g.queue_id, g.consumer_name) g
    join pgque.queue q on q.queue_id = g.queue_id
    group by q.queue_name;
end
$$;
