-- Locks a member of a group and returns its state; a state without a subject when there is no such member.
create or replace function pgque._lock_member(group_id integer, consumer text, subconsumer text) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_subscription_id integer;
  v_state pgque.cursor;
begin
  select s.subscription_id into v_subscription_id
  from pgque.subscription s
  where s.parent_id = group_id and s.consumer_name = consumer || '.' || subconsumer
  for no key update;
  if found then
    v_state := pgque._state('s', v_subscription_id);
    v_state.kind := 's';
    v_state.subject := v_subscription_id;
  end if;
  return v_state;
end
$$;
