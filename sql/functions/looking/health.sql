-- What is wrong, as far as the database can tell. Each check has one row with status ok, or one for each fault (for each
-- queue that has it) with status warn or fail, what was found, and what to do. In the order of how much hangs on it:
--   cluster        stored transaction ids that are not of this cluster, missing ticks and states
--   ticker         queues that are due for a tick and get none
--   rotation       logs that are due to rotate and do not, with what holds them
--   consumers      consumers that stand still: see stuck_consumers()
--   consumer_gaps  consumers that were moved past events within the last week: see the setting max_consumer_lag
--   retries        retries that are overdue
--   dead_letters   queues that got dead letters within the last hour
--   transactions   the oldest open transaction, when it blocks a queue
--   schedulers     more than one that ticks
--   pg_cron        one that is too old
-- Nothing is written, no lock is taken that anybody waits for, and the time of a call does not depend on the number of events.
create or replace function pgque.health(
  out check_name text, out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    with found (check_name, status, queue_name, detail, hint) as materialized (
      select 'cluster', f.* from pgque._check_cluster() f
      union all select 'ticker', f.* from pgque._check_ticker() f
      union all select 'rotation', f.* from pgque._check_rotation() f
      union all select 'consumers', f.* from pgque._check_consumers() f
      union all select 'consumer_gaps', f.* from pgque._check_gaps() f
      union all select 'retries', f.* from pgque._check_retries() f
      union all select 'dead_letters', f.* from pgque._check_dead_letters() f
      union all select 'transactions', f.* from pgque._check_transactions() f
      union all select 'schedulers', f.* from pgque._check_schedulers() f
      union all select 'pg_cron', f.* from pgque._check_pg_cron() f)
    select c.check_name, coalesce(f.status, 'ok'), f.queue_name, coalesce(f.detail, c.fine), f.hint
    from (values
      (1, 'cluster', 'what is stored belongs to this cluster'),
      (2, 'ticker', 'no queue waits for a tick'),
      (3, 'rotation', 'no log waits to rotate'),
      (4, 'consumers', 'none stands still'),
      (5, 'consumer_gaps', 'none within the last week'),
      (6, 'retries', 'none is overdue'),
      (7, 'dead_letters', 'none in the last hour'),
      (8, 'transactions', 'none has been open for 10 minutes'),
      (9, 'schedulers', null),
      (10, 'pg_cron', null)) c (position, check_name, fine)
    left join found f on f.check_name = c.check_name
    order by c.position, f.status, f.queue_name;
end
$$;

comment on function pgque.health() is 'What is wrong, and what to do about it';
grant execute on function pgque.health() to pgque_reader;
