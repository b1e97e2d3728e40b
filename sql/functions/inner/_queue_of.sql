-- The queue of a subscription.
create or replace function pgque._queue_of(subscription_id integer) returns pgque.queue
language plpgsql stable as $$
begin
  return (
    select q from pgque.subscription s join pgque.queue q on q.queue_id = s.queue_id
    where s.subscription_id = _queue_of.subscription_id);
end
$$;
