-- Appends a delayed send, or the row that cancels one. Once more when the log rotated meanwhile: the slot may have been
-- carried already, and two rows of one identity are one.
create or replace function pgque._append_delayed(delayed pgque.later) returns void
language plpgsql volatile as $$
declare
  v_generation bigint;
begin
  delayed.txid := pg_current_xact_id();
  loop
    v_generation := pg_sequence_last_value('pgque.later_generation');
    delayed.slot := (v_generation % 3)::integer;
    insert into pgque.later values (delayed.*) on conflict (slot, owner, ev_id, ev_retry) do nothing;
    exit when pg_sequence_last_value('pgque.later_generation') = v_generation;
  end loop;
  perform pgque._ring();
end
$$;
