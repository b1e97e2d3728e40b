-- Appends the next state of a subject; slot, version and time are set here. The caller holds the lock of the subject.
-- When the log rotated between reading the generation and appending, the row stands in a slot that may have been
-- carried already: it is appended once more. Two rows of one version are the same state.
create or replace function pgque._append_cursor(state pgque.cursor) returns void
language plpgsql volatile as $$
declare
  v_generation bigint;
begin
  state.version := coalesce(state.version, 0) + 1;
  state.changed_at := clock_timestamp();
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    state.slot := (v_generation % 3)::integer;
    if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
      -- A version taken by a transaction that this snapshot does not see makes this raise 40001.
      insert into pgque.cursor values (state.*) on conflict (slot, kind, subject, version) do nothing;
    else
      insert into pgque.cursor values (state.*);
    end if;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;
end
$$;
