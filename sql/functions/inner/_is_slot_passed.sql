-- Whether every subscription of a queue has passed all events of a slot, for a hundredth of the rotation period: a dump that
-- has just begun, and has not locked its tables yet, sees older positions. It does not matter which other transactions are
-- open, nor for how long. Not before rebase() when a state is missing after a restore, or of another cluster.
create or replace function pgque._is_slot_passed(slot regclass, queue_id integer) returns boolean
language plpgsql volatile as $$
declare
  v_since constant timestamptz := clock_timestamp() - (
    select q.rotation_period / 100 from pgque.queue q where q.queue_id = _is_slot_passed.queue_id);
  v_snapshot pg_snapshot;
  v_is_lost boolean;
begin
  select c.snapshot, s.parent_id is null and c.version is null into v_snapshot, v_is_lost
  from pgque.subscription s cross join lateral pgque._lowest_state_since(s.subscription_id, v_since) c
  where s.queue_id = _is_slot_passed.queue_id
  order by s.parent_id is null and c.version is null desc, c.tick_id limit 1;
  if v_is_lost or pg_snapshot_xmax(v_snapshot) > pg_snapshot_xmax(pgque._newest_snapshot()) then
    return false;
  end if;
  return v_snapshot is null or pgque._is_slot_seen(slot, queue_id, v_snapshot);
end
$$;
