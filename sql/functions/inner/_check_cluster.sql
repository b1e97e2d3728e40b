-- health(): what a restore left for rebase() to repair. Transaction ids that are stored lie in the future of this cluster
-- when it is another one; and a dump that was taken while the logs rotated may have states and ticks in slots that are not
-- read, or not at all.
create or replace function pgque._check_cluster(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_found record;
  v_next numeric;
  v_generation bigint;
  v_mark pgque.cursor;
begin
  status := 'fail';
  hint := 'This database was restored from a dump. Call pgque.rebase() before producers and consumers go on.';
  for v_found in
    select q.queue_name, max(x.xid) as xid
    from (
      select t.queue_id, pg_snapshot_xmax(t.snapshot)::text::numeric as xid from pgque._newest_ticks() t
      union all
      select s.queue_id, greatest(pg_snapshot_xmax(c.snapshot)::text::numeric, pg_snapshot_xmax(c.next_snapshot)::text::numeric)
      from pgque._states('s') c join pgque.subscription s on s.subscription_id = c.subject
      union all
      select m.subject, pg_snapshot_xmax(m.snapshot)::text::numeric from pgque._states('q') m
      union all
      -- A queue that nobody ticks has its newest ids in its events.
      select q.queue_id, pgque._newest_event_xid(q.log_id)::text::numeric + 1
      from pgque.queue q join pgque._newest_ticks() t on t.queue_id = q.queue_id
      where t.tick_time < clock_timestamp() - interval '1 minute' and pg_sequence_last_value(q.event_seq) > t.id_floor
      union all
      select null, pg_snapshot_xmax(m.snapshot)::text::numeric from pgque._state('m', 0) m
      union all
      (select null, l.txid::text::numeric + 1 from pgque.later l
       where l.txid is distinct from pg_current_xact_id_if_assigned() order by l.txid desc limit 1)) x
    left join pgque.queue q on q.queue_id = x.queue_id
    group by q.queue_name
  loop
    -- Only now: what was stored meanwhile is not of the future.
    v_next := pg_snapshot_xmax(pgque._newest_snapshot())::text::numeric;
    if v_found.xid > v_next then
      queue_name := v_found.queue_name;
      detail := format('transaction id %s is stored%s, but this cluster has only come to %s', v_found.xid,
        case when queue_name is null then ' with the retries' else '' end, v_next);
      return next;
    end if;
  end loop;

  queue_name := null;
  for v_log in 1 .. 3 loop
    -- In this order: the log may advance in between.
    v_generation := pg_sequence_last_value(format('pgque.%I', (array['tick', 'cursor', 'later'])[v_log] || '_generation')::regclass);
    v_mark := pgque._state('l', v_log);
    if not pgque._is_carried_to(v_mark, v_generation) then
      detail := format('the %s log rotated while it was dumped', (array['tick', 'cursor', 'later'])[v_log]);
      return next;
    end if;
  end loop;
  for v_found in
    select q.queue_id, q.queue_name from pgque.queue q where q.epoch <> pg_sequence_last_value(q.generation_seq) >> 40
  loop
    -- Looked at twice: by now a queue that was being dropped is gone.
    if exists (select from pgque.queue q where q.queue_id = v_found.queue_id) then
      queue_name := v_found.queue_name;
      detail := 'another queue took over its event log while it was dumped';
      return next;
    end if;
  end loop;
  return query
    select 'fail', q.queue_name, 'the queue has no tick'::text, hint
    from pgque.queue q where not exists (select from pgque._newest_ticks() t where t.queue_id = q.queue_id);
  return query
    select 'fail', q.queue_name, format('the state of consumer "%s" is missing', s.consumer_name), hint
    from pgque.queue q join pgque.subscription s on s.queue_id = q.queue_id
    -- A new member has none.
    where s.parent_id is null and not exists (select from pgque._states('s') c where c.subject = s.subscription_id);
end
$$;
