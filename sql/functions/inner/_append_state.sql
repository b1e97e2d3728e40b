-- Appends the next state of a subject; slot, version and time are set here. The caller holds the lock of the subject.
-- When the log rotated between reading the generation and appending, the row stands in a slot that may have been
-- carried already: it is appended once more. Two rows of one version are the same state.
-- In REPEATABLE READ and SERIALIZABLE another transaction may have taken this version unseen, and that raises
-- serialization_failure (40001) if the row meets the other in the unique index of one slot. The other stands in the
-- current slot or, when the log rotated since, in the previous one: the row goes into both.
create or replace function pgque._append_state(state pgque.cursor) returns void
language plpgsql volatile as $$
declare
  v_generation bigint;
begin
  state.version := coalesce(state.version, 0) + 1;
  state.changed_at := clock_timestamp();
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
      state.slot := ((v_generation + 2) % 3)::integer;
      insert into pgque.cursor values (state.*) on conflict (slot, kind, subject, version) do nothing;
      state.slot := (v_generation % 3)::integer;
      insert into pgque.cursor values (state.*) on conflict (slot, kind, subject, version) do nothing;
    else
      state.slot := (v_generation % 3)::integer;
      insert into pgque.cursor values (state.*);
    end if;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;
end
$$;
