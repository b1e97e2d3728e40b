-- The first states of rotation and of the mover, where they are missing.
do $$
declare
  v_mover pgque.cursor;
begin
  for v_log in 1 .. 3 loop
    if (pgque._last_state('l', v_log)).version is null then
      perform pgque._append_state(pgque._rotation_mark('l', v_log, pg_catalog.pg_sequence_last_value(
        ((array['pgque.tick_generation', 'pgque.cursor_generation', 'pgque.later_generation'])[v_log])::regclass)));
    end if;
  end loop;
  v_mover := pgque._last_state('m', 0);
  if v_mover.version is null then
    v_mover.kind := 'm';
    v_mover.subject := 0;
    v_mover.noted_at := '-infinity';
    v_mover.snapshot := pg_catalog.pg_current_snapshot();
    perform pgque._append_state(v_mover);
  end if;
end
$$;
