-- health(): consumers that have stood still, or been behind, for half an hour; one row for each queue that has any. Fails
-- when one keeps the event log from rotating for longer than a rotation period.
create or replace function pgque._check_consumers(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
begin
  return query
    select case when bool_or(c.holds_rotation and c.stuck_for > q.rotation_period) then 'fail' else 'warn' end, c.queue_name,
      (array_agg(
        format('consumer "%s": %s for %s, %s are held for it', c.consumer_name,
          case c.reason when 'batch open' then format('batch %s open', c.batch_id) else c.reason end,
          date_trunc('second', c.stuck_for), pg_size_pretty(c.held_bytes))
        order by c.stuck_for desc))[1]
        || case when count(*) > 1 then format('; and %s more', count(*) - 1) else '' end,
      'See pgque.stuck_consumers(). Run the consumer, acknowledge or finish its batch, or end its subscription with pgque.unsubscribe().'::text
    from pgque.stuck_consumers('30 minutes') c
    join pgque.queue q on q.queue_name = c.queue_name
    group by c.queue_name;
end
$$;
