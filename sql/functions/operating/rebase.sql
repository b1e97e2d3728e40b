-- After a restore into another cluster, where transaction ids start over: gives what is stored ids that this cluster has
-- behind it, in the same order, so that every consumer goes on where the dump found it, with the same open batches, retries
-- and delayed sends. Puts right what a dump got wrong that was taken while the logs rotated, too: states that are not found
-- (QU016), and queues without a tick. Returns how many queues were rebased; 0 when nothing is to be done, and then nothing
-- is changed: it may be called at any time, and again after a crash.
-- Raises isolation_not_supported (QU013), and out_of_memory (53200) when there are more tables than one transaction can lock;
-- then nothing is changed. Waits for open transactions that have sent or received, and stops everybody else until its own
-- ends; the event logs are written anew.
create or replace function pgque.rebase() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pgque._require_read_committed('rebase');
  perform pgque._lock_ddl();
  perform pgque._lock_ticker();
  perform pgque._lock_rotation();
  perform pgque._lock_mover();
  if not exists (select from pgque._check_cluster()) then
    return 0;
  end if;
  return pgque._rebase_all();
exception when out_of_memory then
  raise exception 'too many tables for one transaction' using
    errcode = 'out_of_memory', detail = sqlerrm,
    hint = 'Nothing was changed. Raise max_locks_per_transaction: a queue with events needs about a dozen locks.';
end
$$;

comment on function pgque.rebase() is 'After a restore into another cluster: make what is stored fit its transaction ids';
grant execute on function pgque.rebase() to pgque_admin;
