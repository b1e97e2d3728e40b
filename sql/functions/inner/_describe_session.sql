-- A session, or a prepared transaction, as pg_locks names it, in words. A prepared one has no pid, and is found by the lock
-- on its own transaction id: its virtual transaction is that of the session it came from.
create or replace function pgque._describe_session(pid integer, virtual_transaction text) returns text
language plpgsql volatile as $$
begin
  if pid is null then
    return coalesce(
      (select format('prepared transaction "%s", prepared at %s', p.gid, p.prepared::timestamptz(0))
       from pg_prepared_xacts p join pg_locks l on l.locktype = 'transactionid' and l.transactionid = p.transaction
       where l.pid is null and l.virtualtransaction = virtual_transaction),
      'a prepared transaction');
  end if;
  return coalesce(
    (select format('session %s (application "%s", user %s%s)', a.pid, a.application_name, a.usename,
       coalesce(format(', %s, transaction open since %s', a.state, a.xact_start::timestamptz(0)), ''))
     from pg_stat_activity a where a.pid = _describe_session.pid),
    'session ' || pid);
end
$$;
