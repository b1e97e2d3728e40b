-- The state of a subject: its newest row over the current and the previous slot of pgque.cursor; all NULL when there is
-- none. Reads again when the log rotated meanwhile. May raise serialization_failure (40001) in REPEATABLE READ and
-- SERIALIZABLE: see _require_seen_generation.
create or replace function pgque._state(kind "char", subject integer) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_state pgque.cursor;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    -- One probe for each slot: asked about both at once, PostgreSQL would read and sort every state of the subject.
    select n.* into v_state
    from (
      (select c.* from pgque.cursor c
       where c.slot = v_generation % 3 and c.kind = _state.kind and c.subject = _state.subject order by c.version desc limit 1)
      union all
      (select p.* from pgque.cursor p
       where p.slot = (v_generation + 2) % 3 and p.kind = _state.kind and p.subject = _state.subject order by p.version desc limit 1)) n
    order by n.version desc limit 1;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    perform pgque._require_seen_generation(2, v_generation);
  end if;
  return v_state;
end
$$;
