-- health(): transaction ids that are stored, in ticks and states, lie in the future of this cluster after a restore into
-- another one; and a dump that was taken while the logs rotated may have lost states and ticks.
create or replace function pgque._check_cluster(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_next constant xid8 := pg_snapshot_xmax(pgque._newest_snapshot());
  v_hint constant text := 'This database was restored from a dump that was taken while the logs rotated: recreate what is named.';
begin
  return query
    select 'fail', q.queue_name, format('transaction id %s is stored, but this cluster has only come to %s', max(x.xid::text::numeric), v_next),
      'This database was restored into another cluster. Stop producers and consumers until its ids are rebased: events are not delivered, or twice.'
    from (
      select t.queue_id, pg_snapshot_xmax(t.snapshot) as xid from pgque._newest_ticks() t
      union all
      select s.queue_id, greatest(pg_snapshot_xmax(c.snapshot)::text::numeric, pg_snapshot_xmax(c.next_snapshot)::text::numeric)::text::xid8
      from pgque._states('s') c join pgque.subscription s on s.subscription_id = c.subject
      union all
      select m.subject, pg_snapshot_xmax(m.snapshot) from pgque._states('q') m) x
    join pgque.queue q on q.queue_id = x.queue_id
    where x.xid > v_next
    group by q.queue_name;
  if not found and pg_snapshot_xmax((pgque._state('m', 0)).snapshot) > v_next then
    return query select 'fail', null::text, 'the mover of retries has stored a transaction id of the future'::text,
      'This database was restored into another cluster. Stop producers and consumers until its ids are rebased.'::text;
  end if;
  return query
    select 'fail', q.queue_name, 'the queue has no tick'::text, v_hint
    from pgque.queue q where not exists (select from pgque._newest_ticks() t where t.queue_id = q.queue_id);
  return query
    select 'fail', q.queue_name, format('the state of consumer "%s" is missing', s.consumer_name), v_hint
    from pgque.queue q join pgque.subscription s on s.queue_id = q.queue_id
    -- A new member has none.
    where s.parent_id is null and not exists (select from pgque._states('s') c where c.subject = s.subscription_id);
end
$$;
