-- Acknowledges a batch: the consumer moves past exactly the messages that receive() returned.
-- Returns 1, or 0 when the batch is unknown or no longer open. Locks the subscription until the transaction ends.
create or replace function pgque.ack(batch_id bigint) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._close_batch(batch_id, false);
end
$$;

comment on function pgque.ack(bigint) is 'Acknowledge a batch: move past what receive() returned, and no further';
grant execute on function pgque.ack(bigint) to pgque_reader;
