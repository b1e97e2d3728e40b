-- Locks a subscription for a change of its state and returns the state. Or consumer_not_registered (QU002).
-- The lock is on a row that never changes: it leaves no dead tuple. The state is read by a later statement, with
-- a snapshot taken after the lock was granted.
create or replace function pgque._lock_subscription(queue text, consumer text) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_subscription_id integer;
begin
  select s.subscription_id into v_subscription_id
  from pgque.queue q join pgque.subscription s on s.queue_id = q.queue_id
  where q.queue_name = queue and s.consumer_name = consumer
  for no key update of s;
  if not found then
    perform pgque._queue(queue);
    raise exception 'consumer not registered: %, %', queue, coalesce(consumer, 'NULL') using
      errcode = 'QU002', detail = concat_ws(', ', queue, consumer),
      hint = 'Subscribe it with pgque.subscribe(), or check the spelling.';
  end if;
  return pgque._cursor('s', v_subscription_id);
end
$$;
