-- Raises tick_not_allowed (QU014) for a queue that is paused or has an external ticker.
create or replace function pgque._require_own_ticker(queue pgque.queue) returns void
language plpgsql immutable as $$
begin
  if queue.external_ticker then
    raise exception 'queue has an external ticker: %', queue.queue_name using
      errcode = 'QU014', detail = queue.queue_name, hint = 'Its ticks come from pgque.ticker(queue, tick_id, timestamp, event_seq).';
  end if;
  if queue.ticker_paused then
    raise exception 'queue is paused: %', queue.queue_name using
      errcode = 'QU014', detail = queue.queue_name, hint = 'Resume it with pgque.resume_queue(queue).';
  end if;
end
$$;
