-- health(): the transaction that has been open longest, also a prepared one. Warns when it is older than 10 minutes and has
-- touched queues, with what it blocks; one that has not is no matter to PgQue, and comes back as ok.
create or replace function pgque._check_transactions(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_old record;
begin
  for v_old in
    with old as (
      select a.pid, null::text as virtualtransaction, a.xact_start as since
      from pg_stat_activity a
      where a.datname = current_database() and a.pid <> pg_backend_pid() and a.xact_start < clock_timestamp() - interval '10 minutes'
      union all
      select null, l.virtualtransaction, p.prepared
      from pg_prepared_xacts p
      join pg_locks l on l.locktype = 'transactionid' and l.transactionid = p.transaction and l.pid is null
      where p.database = current_database() and p.prepared < clock_timestamp() - interval '10 minutes')
    select o.*, b.what, b.queues
    from old o
    left join lateral (
      select string_agg(distinct case
            when q.queue_id is not null then format('the rotation of queue "%s"', q.queue_name)
            when c.relname = 'subscription' then 'consumers whose state it has locked'
            else 'the rotation of the shared logs'
          end, ', ') as what,
        array_remove(array_agg(distinct q.queue_name), null) as queues
      from pg_locks l
      join pg_class c on c.oid = l.relation
      left join pgque.queue q on q.log_id = substring(c.relname, '^event_([0-9]+)_[012]$')::integer
      where l.locktype = 'relation' and l.granted and c.relnamespace = 'pgque'::regnamespace
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and (l.pid = o.pid or l.pid is null and l.virtualtransaction = o.virtualtransaction)
        and (c.relname ~ '^(tick|cursor|later)_[012]$' or q.queue_id is not null
          or c.relname = 'subscription' and l.mode <> 'AccessShareLock')) b on true
    order by b.what is null, o.since limit 1
  loop
    status := case when v_old.what is null then 'ok' else 'warn' end;
    queue_name := case when cardinality(v_old.queues) = 1 then v_old.queues[1] end;
    detail := pgque._describe_session(v_old.pid, v_old.virtualtransaction)
      || case when v_old.what is null then '; it blocks nothing of PgQue' else '; it blocks ' || v_old.what end;
    hint := case when v_old.what is not null then 'Commit it or roll it back. What it has sent is not delivered before it commits.' end;
    return next;
  end loop;
end
$$;
