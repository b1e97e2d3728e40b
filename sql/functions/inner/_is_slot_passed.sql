-- Whether every subscription of a queue has passed all events of a slot: with s the snapshot of the slowest position,
-- the slot has no row of a transaction that s does not see. Two index probes; it does not matter which other
-- transactions are open, nor for how long.
create or replace function pgque._is_slot_passed(slot regclass, queue_id integer) returns boolean
language plpgsql volatile as $$
declare
  v_snapshot pg_snapshot;
  v_is_passed boolean;
begin
  select c.snapshot into v_snapshot
  from pgque.subscription s cross join lateral pgque._cursor('s', s.subscription_id) c
  where s.queue_id = _is_slot_passed.queue_id order by c.tick_id limit 1;
  if v_snapshot is null then
    return true;
  end if;
  execute format(
    'select not exists (select from only %s where ev_txid >= $1) and not exists (select from only %1$s where ev_txid = any ($2))', slot)
  into v_is_passed using pg_snapshot_xmax(v_snapshot), array(select pg_snapshot_xip(v_snapshot));
  return v_is_passed;
end
$$;
