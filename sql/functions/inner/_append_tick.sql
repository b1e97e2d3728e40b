-- Appends a tick. Again, when the log rotated meanwhile: the row may stand in a slot that has been carried already, and
-- readers take two rows of one tick for one.
create or replace function pgque._append_tick(
  queue_id integer, tick_id bigint, tick_time timestamptz, snapshot pg_snapshot,
  event_seq bigint, id_floor bigint, id_ceiling bigint, owed_by xid8[]) returns void
language plpgsql volatile as $$
declare
  v_generation bigint;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    insert into pgque.tick values (
      v_generation % 3, queue_id, tick_id, tick_time, snapshot, event_seq, id_floor, id_ceiling, owed_by);
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
end
$$;
