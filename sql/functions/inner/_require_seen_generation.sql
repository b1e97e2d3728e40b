-- For transactions in REPEATABLE READ and SERIALIZABLE: raises serialization_failure (40001) when the snapshot does not
-- see the mark of this generation of a shared log (1 tick, 2 cursor, 3 later). Then rows may have been carried since to
-- where the snapshot does not see them, and the slots that it does see may have been truncated.
create or replace function pgque._require_seen_generation(log integer, generation bigint) returns void
language plpgsql volatile as $$
declare
  v_cursor_generation constant bigint := pg_sequence_last_value('pgque.cursor_generation');
begin
  perform from pgque.cursor c
  where c.slot in (v_cursor_generation % 3, (v_cursor_generation + 2) % 3)
    and c.kind = 'l' and c.subject = log and c.generation = _require_seen_generation.generation;
  if not found then
    raise exception 'a log rotated after this transaction began' using
      errcode = 'serialization_failure', hint = 'Run the transaction again.';
  end if;
end
$$;
