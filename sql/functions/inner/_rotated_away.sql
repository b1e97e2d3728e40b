-- Raises serialization_failure (40001): the slot that was appended to has been given up, or serves another queue.
create or replace function pgque._rotated_away() returns void
language plpgsql volatile as $$
begin
  raise exception 'the event log rotated while the event was appended' using
    errcode = 'serialization_failure', hint = 'Run the transaction again.';
end
$$;
