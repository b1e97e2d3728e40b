-- How often a message of this queue is retried before it goes to the dead letters.
create or replace function pgque._max_retries(queue pgque.queue) returns integer
language sql immutable as $$
  select coalesce((queue).max_retries, 5)
$$;
