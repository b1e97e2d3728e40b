-- Whether every subscription of a queue has passed all events of a slot. It does not matter which other transactions are
-- open, nor for how long.
create or replace function pgque._is_slot_passed(slot regclass, queue_id integer) returns boolean
language plpgsql volatile as $$
declare
  v_snapshot pg_snapshot;
begin
  select c.snapshot into v_snapshot
  from pgque.subscription s cross join lateral pgque._state('s', s.subscription_id) c
  where s.queue_id = _is_slot_passed.queue_id order by c.tick_id limit 1;
  return v_snapshot is null or pgque._is_slot_seen(slot, queue_id, v_snapshot);
end
$$;
