-- Locks a cooperative consumer for a hand-out; returns its id, or NULL when another member's transaction has held the lock
-- for longer than a hand-out takes: nobody waits for another member's work. The lock of the group comes before that of a
-- member. Or consumer_not_registered (QU002).
create or replace function pgque._lock_group(queue_id integer, queue text, consumer text) returns integer
language plpgsql volatile set lock_timeout = '200ms' as $$
declare
  v_started_at constant timestamptz := clock_timestamp();
  v_subscription_id integer;
begin
  select s.subscription_id into v_subscription_id
  from pgque.subscription s
  where s.queue_id = _lock_group.queue_id and s.consumer_name = consumer and s.parent_id is null
  for no key update;
  if not found then
    raise exception 'consumer not registered: %, %', queue, coalesce(consumer, 'NULL') using
      errcode = 'QU002', detail = concat_ws(', ', queue, consumer),
      hint = 'Register a member with pgque.register_subconsumer(), or check the spelling.';
  end if;
  return v_subscription_id;
exception
  when lock_not_available then
    return null;
  when query_canceled then
    -- Who waits for a row waits for its place in the queue first, then for the lock. A timeout that strikes between the two
    -- is reported as if somebody had cancelled the query.
    if clock_timestamp() < v_started_at + interval '200 milliseconds' then
      raise;
    end if;
    return null;
end
$$;
