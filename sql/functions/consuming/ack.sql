-- Acknowledges a batch: the consumer moves past exactly the messages that receive() returned.
-- Returns 1, or 0 when the batch is unknown or no longer open. Locks the subscription until the transaction ends.
create or replace function pgque.ack(batch_id bigint) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_state pgque.cursor;
begin
  v_state := pgque._lock_batch(batch_id);
  if v_state.subject is null then
    return 0;
  end if;
  perform pgque._append_state(pgque._closed_batch(v_state, false));
  return 1;
end
$$;

comment on function pgque.ack(bigint) is 'Acknowledge a batch: move past what receive() returned, and no further';
grant execute on function pgque.ack(bigint) to pgque_reader;
