-- Generations of the shared logs. Sequences, because these are not transactional: a REPEATABLE READ transaction that
-- began hours ago still reads today's generation. They start at 3, so that the two generations before exist.
-- Only setval() may move them: nextval() logs 32 values ahead, and after a crash the generation would jump.
create sequence if not exists pgque.tick_generation;
create sequence if not exists pgque.cursor_generation;
create sequence if not exists pgque.later_generation;
do $$
declare
  v_sequence text;
begin
  foreach v_sequence in array array['tick', 'cursor', 'later'] loop
    if pg_catalog.pg_sequence_last_value(pg_catalog.format('pgque.%I', v_sequence || '_generation')::regclass) is null then
      perform pg_catalog.setval(pg_catalog.format('pgque.%I', v_sequence || '_generation')::regclass, 3);
    end if;
  end loop;
end
$$;
