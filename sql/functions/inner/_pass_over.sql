-- Moves all who have not passed a slot of an event log to the oldest tick that sees everything in it, when each of them has
-- had something to read for longer than max_consumer_lag; returns whether it did. A member of a cooperative consumer loses
-- its batch instead.
-- Nobody is moved in vain: not while another holds the slot who is not that late, nor while a session reads it. Locks the
-- subscriptions without waiting, then the slot: a consumer whose transaction is open is left alone, and the others with it.
-- Not before rebase() in another cluster. The caller has rotation to itself.
create or replace function pgque._pass_over(queue pgque.queue, next_slot regclass) returns boolean
language plpgsql volatile as $$
declare
  v_late_before constant timestamptz := clock_timestamp() - queue.max_consumer_lag;
  v_xmax constant xid8 := pg_snapshot_xmax(pgque._newest_snapshot());
  v_tick pgque.tick;
  v_held record;
  v_late record;
begin
  if v_late_before is null then
    return false;
  end if;
  select h.* into v_tick
  from pgque._held_ticks(queue.queue_id) h
  where h.tick_id >= pgque._oldest_complete_tick(next_slot, queue.queue_id) order by h.tick_id limit 1;
  if not found or pg_snapshot_xmax(v_tick.snapshot) > v_xmax then
    return false;
  end if;

  for v_held in
    select s.subscription_id, s.parent_id, c.snapshot, c as state
    from pgque.subscription s cross join lateral pgque._state('s', s.subscription_id) c
    where s.queue_id = queue.queue_id and (c.tick_id is not null or s.parent_id is null)
    order by s.parent_id nulls first, s.subscription_id
  loop
    if v_held.snapshot is null or pg_snapshot_xmax(v_held.snapshot) > v_xmax then
      return false;
    end if;
    continue when pgque._is_slot_seen(next_slot, queue.queue_id, v_held.snapshot);
    if pgque._readable_since(queue.queue_id, v_held.state) < v_late_before is not true then
      return false;
    end if;
    -- Of a member the row of the group too: the record of the gap refers to it.
    perform from pgque.subscription s where s.subscription_id = v_held.parent_id for key share skip locked;
    if not found and v_held.parent_id is not null then
      return false;
    end if;
    perform from pgque.subscription s where s.subscription_id = v_held.subscription_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end loop;
  if not pgque._lock_slot(next_slot, true) then
    return false;
  end if;

  -- The states once more: now they cannot change.
  for v_late in
    select s as subscription, c as state
    from pgque.subscription s cross join lateral pgque._state('s', s.subscription_id) c
    where s.queue_id = queue.queue_id and pgque._readable_since(queue.queue_id, c) < v_late_before
      and not pgque._is_slot_seen(next_slot, queue.queue_id, c.snapshot)
  loop
    perform pgque._move_on(queue, v_late.subscription, v_late.state, v_tick);
  end loop;
  return true;
end
$$;
