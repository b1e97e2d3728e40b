-- Who keeps rotation from locking a slot: the session, or the prepared transaction, that has held a lock on it longest, in
-- words; NULL when nobody does. Those that only read are left out when the lock would be SHARE.
create or replace function pgque._slot_holder(slot regclass, is_exclusive boolean) returns text
language plpgsql volatile as $$
begin
  return (
    select pgque._describe_session(l.pid, l.virtualtransaction)
    from pg_locks l left join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'relation' and l.relation = slot and l.granted and l.pid is distinct from pg_backend_pid()
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
      and (is_exclusive or l.mode not in ('AccessShareLock', 'RowShareLock', 'ShareLock'))
    order by l.pid is not null, a.xact_start limit 1);
end
$$;
