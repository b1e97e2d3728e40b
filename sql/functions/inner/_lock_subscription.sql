-- Locks the subscription of a normal consumer for a change of its state and returns the state. Or
-- consumer_not_registered (QU002), consumer_is_cooperative (QU017), state_missing (QU016).
-- The lock is on a row that never changes: it leaves no dead tuple. The state is read by a later statement, with
-- a snapshot taken after the lock was granted.
create or replace function pgque._lock_subscription(queue text, consumer text) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_subscription_id integer;
  v_is_cooperative boolean;
  v_state pgque.cursor;
begin
  select s.subscription_id, s.parent_id is not null or exists (
    select from pgque.subscription m where m.parent_id = s.subscription_id)
  into v_subscription_id, v_is_cooperative
  from pgque.queue q join pgque.subscription s on s.queue_id = q.queue_id
  where q.queue_name = queue and s.consumer_name = consumer
  for no key update of s;
  if not found then
    perform pgque._find_queue(queue);
    raise exception 'consumer not registered: %, %', queue, coalesce(consumer, 'NULL') using
      errcode = 'QU002', detail = concat_ws(', ', queue, consumer),
      hint = 'Subscribe it with pgque.subscribe(), or check the spelling.';
  end if;
  if v_is_cooperative then
    raise exception 'consumer is cooperative: %, %', queue, consumer using
      errcode = 'QU017', detail = concat_ws(', ', queue, consumer),
      hint = 'Its members read with pgque.receive_coop(); the last to unregister makes it a normal consumer again.';
  end if;
  v_state := pgque._state('s', v_subscription_id);
  if v_state.version is null then
    -- pg_dump reads sequences later than the rows of its snapshot: restored, a log may point to a slot that was empty.
    raise exception 'state of consumer is missing: %, %', queue, consumer using
      errcode = 'QU016', detail = concat_ws(', ', queue, consumer),
      hint = 'This database was restored from a dump that was taken while the logs rotated. Call pgque.rebase().';
  end if;
  return v_state;
end
$$;
