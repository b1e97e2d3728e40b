-- health(): retries and delayed sends that are overdue because nobody moves them. Warns after 30 seconds, fails after 5 minutes. What
-- was due before its transaction committed is not late yet, so only those count that a tick of half a minute ago has seen.
create or replace function pgque._check_retries(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_before constant timestamptz := clock_timestamp() - interval '30 seconds';
  v_tick_generation bigint;
begin
  lock table pgque.tick in access share mode;
  v_tick_generation := pg_sequence_last_value('pgque.tick_generation');
  return query
    select case when min(d.due_at) < v_before - interval '270 seconds' then 'fail' else 'warn' end, q.queue_name,
      format('%s retries and delayed sends are overdue, the first since %s', count(distinct (d.owner, d.ev_id, d.ev_retry)), min(d.due_at)::timestamptz(0)),
      'Call pgque.maint_retry_events() every few seconds; pgque.start() schedules it with pg_cron.'::text
    from pgque._unmoved(10000) d
    join pgque.queue q on q.queue_id = d.queue_id
    left join pgque.subscription s on s.subscription_id = d.owner
    cross join lateral (
      select t.snapshot from pgque.tick t
      where t.slot in (v_tick_generation % 3, (v_tick_generation + 2) % 3) and t.queue_id = q.queue_id and t.tick_time <= v_before
      order by t.tick_id desc limit 1) t
    where d.due_at < v_before and pg_visible_in_snapshot(d.txid, t.snapshot) and (s.subscription_id is not null or d.owner = 0 and d.ev_retry = 0)
    group by q.queue_name;
end
$$;
