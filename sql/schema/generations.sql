-- Generations of the shared logs. Sequences, because these are not transactional: a REPEATABLE READ transaction that
-- began hours ago still reads today's generation. They start at 3, so that the two generations before exist.
create sequence if not exists pgque.tick_generation start 3;
create sequence if not exists pgque.cursor_generation start 3;
create sequence if not exists pgque.later_generation start 3;
do $$
declare
  v_sequence text;
begin
  foreach v_sequence in array array['tick', 'cursor', 'later'] loop
    if pg_catalog.pg_sequence_last_value(pg_catalog.format('pgque.%I', v_sequence || '_generation')::regclass) is null then
      perform pg_catalog.nextval(pg_catalog.format('pgque.%I', v_sequence || '_generation')::regclass);
    end if;
  end loop;
end
$$;
