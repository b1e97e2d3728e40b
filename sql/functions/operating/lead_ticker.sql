-- Elects one among the sessions that would tick: true when this session leads, from now on until it ends or calls
-- pg_advisory_unlock_all(). Nobody waits. The lock belongs to the session: call it on a connection of your own, never
-- through a pooler that lends sessions for a transaction.
create or replace function pgque.lead_ticker() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Asked first, because a session that locks twice would have to unlock twice.
  return exists (
      select from pg_locks l
      where l.locktype = 'advisory' and l.classid = 7170 and l.objid = 6 and l.objsubid = 2 and l.pid = pg_backend_pid()
        and l.database = (select d.oid from pg_database d where d.datname = current_database()))
    or pg_try_advisory_lock(7170, 6);
end
$$;

comment on function pgque.lead_ticker() is 'Whether this session is the one that ticks; it is until it ends';
grant execute on function pgque.lead_ticker() to pgque_admin;
