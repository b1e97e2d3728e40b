-- Closes the whole window of a batch, also what receive() has not returned of it.
-- Returns 1, or 0 when the batch is unknown or no longer open. Locks the subscription until the transaction ends.
create or replace function pgque.finish_batch(batch_id bigint) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._close_batch(batch_id, true);
end
$$;

comment on function pgque.finish_batch(bigint) is 'Close the whole window of a batch, also what receive() has not returned of it';
grant execute on function pgque.finish_batch(bigint) to pgque_reader;
