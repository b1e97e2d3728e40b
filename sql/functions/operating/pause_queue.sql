-- Stops the ticks of a queue: events are kept and delivered after resume_queue(). Returns 1.
-- Raises queue_not_found (QU001).
create or replace function pgque.pause_queue(queue text) returns integer
language sql volatile as $$
  select pgque.set_queue_config(queue, 'ticker_paused', 'true')
$$;

-- Lets a paused queue tick again. Returns 1. Raises queue_not_found (QU001).
create or replace function pgque.resume_queue(queue text) returns integer
language sql volatile as $$
  select pgque.set_queue_config(queue, 'ticker_paused', 'false')
$$;

comment on function pgque.pause_queue(text) is 'Stop the ticks of a queue; events are kept';
comment on function pgque.resume_queue(text) is 'Let a paused queue tick again';
grant execute on function pgque.pause_queue(text), pgque.resume_queue(text) to pgque_admin;
