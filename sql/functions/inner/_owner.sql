-- The subscription that retries belong to: a member's are those of its group.
create or replace function pgque._owner(subscription_id integer) returns integer
language sql volatile as $$
  select coalesce(s.parent_id, s.subscription_id) from pgque.subscription s where s.subscription_id = _owner.subscription_id
$$;
