-- Closes a batch for ack() and finish_batch(). Returns 1, or 0 when it is unknown or no longer open.
create or replace function pgque._close_batch(batch_id bigint, is_whole_window boolean) returns integer
language plpgsql volatile as $$
declare
  v_state pgque.cursor;
begin
  v_state := pgque._lock_batch(batch_id);
  if v_state.subject is null then
    return 0;
  end if;
  perform pgque._append_state(pgque._closed_batch(v_state, is_whole_window));
  return 1;
end
$$;
