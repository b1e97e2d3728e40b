-- The state of a subject: its newest row over the current and the previous slot; all NULL when there is none.
-- Reads again when the log rotated meanwhile. In REPEATABLE READ and SERIALIZABLE the slots may hold rows that the
-- old snapshot does not see: serialization_failure (40001) when the log rotated after it.
create or replace function pgque._cursor(kind "char", subject integer) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_row pgque.cursor;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    select c.* into v_row
    from pgque.cursor c
    where c.slot in (v_generation % 3, (v_generation + 2) % 3)
      and c.kind = _cursor.kind and c.subject = _cursor.subject
    order by c.version desc limit 1;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;

  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    perform from pgque.cursor c
    where c.slot in (v_generation % 3, (v_generation + 2) % 3)
      and c.kind = 'l' and c.subject = 2 and c.generation = v_generation;
    if not found then
      raise exception 'the cursor log rotated after this transaction began' using
        errcode = 'serialization_failure', hint = 'Run the transaction again.';
    end if;
  end if;
  return v_row;
end
$$;
