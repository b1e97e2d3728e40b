-- Whether every subscription of a queue has passed all events of a slot: with s the snapshot of the slowest position,
-- the slot has no row of a transaction that s does not see. Index probes; it does not matter which other
-- transactions are open, nor for how long.
create or replace function pgque._is_slot_passed(slot regclass, queue_id integer) returns boolean
language plpgsql volatile as $$
declare
  v_snapshot pg_snapshot;
  v_is_passed boolean;
begin
  select c.snapshot into v_snapshot
  from pgque.subscription s cross join lateral pgque._state('s', s.subscription_id) c
  where s.queue_id = _is_slot_passed.queue_id order by c.tick_id limit 1;
  if v_snapshot is null then
    return true;
  end if;
  -- One probe for each of the two indexes that lead to a transaction id, and for each kind of row.
  execute format(
    'select not exists (select from only %s where ev_txid >= $1 and ev_owner is null)'
    ' and not exists (select from only %1$s where ev_txid = any ($2) and ev_owner is null)'
    ' and not exists ('
    '   select from pgque.subscription s'
    '   join only %1$s e on e.ev_owner = s.subscription_id and (e.ev_txid >= $1 or e.ev_txid = any ($2))'
    '   where s.queue_id = $3)', slot)
  into v_is_passed
  using pg_snapshot_xmax(v_snapshot), array(select pg_snapshot_xip(v_snapshot)), queue_id;
  return v_is_passed;
end
$$;
