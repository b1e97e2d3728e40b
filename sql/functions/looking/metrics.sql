-- Samples for Prometheus or OpenTelemetry, all in one query: name, type (gauge or counter), value, labels. Durations are in
-- seconds and end with _seconds; a value that is not known has no row. No event is counted: what ends with _estimate
-- goes by the event sequence at the ticks, in which rolled-back sends and forced ticks leave gaps.
--   pgque_info                              gauge    1                                              version
--   pgque_queue_ticker_lag_seconds          gauge    age of the newest tick                         queue
--   pgque_queue_events_estimate             counter  event ids drawn up to the newest tick          queue
--   pgque_rotation_age_seconds              gauge    since the event log rotated                    queue
--   pgque_log_rotation_age_seconds          gauge    since a shared log rotated                     log: tick, cursor, later
--   pgque_retries_pending                   gauge    retries to move; of the 10,000 due first       queue
--   pgque_delayed_sends_pending             gauge    delayed sends to move; of the same 10,000      queue
--   pgque_retries_overdue_seconds           gauge    of what is to move and overdue longest, else 0
--   pgque_dead_letters                      gauge    up to 10,000                                   queue
--   pgque_consumer_lag_seconds              gauge    age of the position, 0 when nothing is behind  queue, consumer
--   pgque_consumer_pending_events_estimate  gauge    events up to the newest tick                   queue, consumer
--   pgque_consumer_batch_age_seconds        gauge    since it was opened, or its member touched;    queue, consumer
--                                                    no row without an open batch
-- Members of a cooperative consumer are consumers <consumer>.<member>, with what they hold; that is behind the consumer.
create or replace function pgque.metrics(out name text, out type text, out value double precision, out labels jsonb)
returns setof record
language plpgsql volatile security definer
-- Thousands of rows are kept in memory up to work_mem before they are handed on.
set search_path = pg_catalog, pg_temp set work_mem = '64MB' as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  return query
    with unmoved as materialized (select d.* from pgque._unmoved(10000) d),
    retry as materialized (
      select d.queue_id, count(distinct (d.owner, d.ev_id, d.ev_retry)) filter (where s.subscription_id is not null) as retries,
        -- Less those that were cancelled.
        count(distinct d.ev_id) filter (where d.owner = 0 and d.ev_retry = 0)
          - count(distinct d.ev_id) filter (where d.owner = 0 and d.ev_retry = -1) as delayed
      from unmoved d
      left join pgque.subscription s on s.subscription_id = d.owner
      group by d.queue_id),
    queue as materialized (
      select q.queue_id, q.queue_name, jsonb_object(array['queue', q.queue_name]) as labels, t.event_seq::double precision,
        date_part('epoch', v_now - t.tick_time) as ticker_lag,
        date_part('epoch', v_now - coalesce(m.noted_at, q.created_at)) as rotation_age,
        coalesce(r.retries, 0)::double precision as retries, coalesce(r.delayed, 0)::double precision as delayed,
        (select count(*)::double precision from (select from pgque.dead_letter d where d.queue_id = q.queue_id limit 10000) d) as dead_letters
      from pgque.queue q
      left join pgque._newest_ticks() t on t.queue_id = q.queue_id
      left join pgque._states('q') m on m.subject = q.queue_id
      left join retry r on r.queue_id = q.queue_id),
    -- As _consumers(), which would read the ticks once more.
    consumer as materialized (
      select jsonb_object(array['queue', q.queue_name, 'consumer', s.consumer_name]) as labels,
        case when s.parent_id is null and q.event_seq > c.event_seq or c.batch_id is not null
          then greatest(date_part('epoch', v_now - c.tick_time), 0) else 0 end as lag,
        case when c.batch_id is not null then greatest(date_part('epoch', v_now - c.changed_at), 0) end as batch_age,
        greatest(case when s.parent_id is null then q.event_seq else least(c.next_event_seq, c.page_until) end
          - least(greatest(c.event_seq, c.page_after), c.next_event_seq), 0)::double precision as pending
      from queue q
      join pgque.subscription s on s.queue_id = q.queue_id
      left join pgque._states('s') c on c.subject = s.subscription_id)
    select 'pgque_info', 'gauge', 1::double precision, jsonb_build_object('version', pgque.version())
    union all select 'pgque_queue_ticker_lag_seconds', 'gauge', q.ticker_lag, q.labels from queue q where q.ticker_lag is not null
    union all select 'pgque_queue_events_estimate', 'counter', q.event_seq, q.labels from queue q where q.event_seq is not null
    union all select 'pgque_rotation_age_seconds', 'gauge', q.rotation_age, q.labels from queue q
    union all select 'pgque_retries_pending', 'gauge', q.retries, q.labels from queue q
    union all select 'pgque_delayed_sends_pending', 'gauge', q.delayed, q.labels from queue q
    union all select 'pgque_dead_letters', 'gauge', q.dead_letters, q.labels from queue q
    union all select 'pgque_consumer_lag_seconds', 'gauge', c.lag, c.labels from consumer c
    union all select 'pgque_consumer_pending_events_estimate', 'gauge', c.pending, c.labels from consumer c
    union all select 'pgque_consumer_batch_age_seconds', 'gauge', c.batch_age, c.labels from consumer c where c.batch_age is not null
    union all
    select 'pgque_log_rotation_age_seconds', 'gauge', date_part('epoch', v_now - (pgque._state('l', l.subject)).noted_at),
      jsonb_build_object('log', l.log)
    from (values (1, 'tick'), (2, 'cursor'), (3, 'later')) l (subject, log)
    union all
    select 'pgque_retries_overdue_seconds', 'gauge', coalesce(date_part('epoch', v_now - (
      select min(d.due_at) from unmoved d where d.due_at < v_now)), 0), '{}';
end
$$;

comment on function pgque.metrics() is 'Samples for Prometheus or OpenTelemetry';
grant execute on function pgque.metrics() to pgque_reader;
