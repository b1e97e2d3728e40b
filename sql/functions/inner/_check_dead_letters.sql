-- health(): queues that got dead letters within the last hour.
create or replace function pgque._check_dead_letters(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
begin
  return query
    select 'warn', q.queue_name,
      format('%s new in the last hour; the last: %s', case when d.arrived = 10000 then '10000 or more' else d.arrived::text end,
        coalesce('consumer "' || n.consumer_name || '", ' || left(n.dl_reason, 200), 'without a reason')),
      'See pgque.dlq_inspect(). What was mended can be sent again with pgque.dlq_replay_all().'::text
    from pgque.queue q
    cross join lateral (
      select count(*) as arrived
      from (select from pgque.dead_letter d
        where d.queue_id = q.queue_id and d.dl_time > clock_timestamp() - interval '1 hour' limit 10000) d) d
    cross join lateral (
      select d.consumer_name, d.dl_reason from pgque.dead_letter d where d.queue_id = q.queue_id order by d.dl_time desc limit 1) n
    where d.arrived > 0;
end
$$;
