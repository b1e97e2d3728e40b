-- Whether a slot of a queue's event log has no row of a transaction that the snapshot does not see. One probe for each of the
-- two indexes that lead to a transaction id, and for each kind of row.
create or replace function pgque._is_slot_seen(slot regclass, queue_id integer, snapshot pg_snapshot) returns boolean
language plpgsql volatile as $$
declare
  v_is_seen boolean;
begin
  -- Dynamic, because the slot is a table of its queue.
  execute format(
    'select not exists (select from only %s where ev_txid >= $1 and ev_owner is null)'
    ' and not exists (select from only %1$s where ev_txid = any ($2) and ev_owner is null)'
    ' and not exists ('
    '   select from pgque.subscription s'
    '   join only %1$s e on e.ev_owner = s.subscription_id and (e.ev_txid >= $1 or e.ev_txid = any ($2))'
    '   where s.queue_id = $3)', slot)
  into v_is_seen using pg_snapshot_xmax(snapshot), array(select pg_snapshot_xip(snapshot)), queue_id;
  return v_is_seen;
end
$$;
