-- uninstall() for more queues than one transaction can lock the tables of. Each step commits, and what it has dropped is
-- gone when a later one fails; called again it goes on. Outside of a transaction block.
-- A procedure that commits cannot have a pinned search_path: what it looks up is qualified.
create or replace procedure pgque._uninstall_in_steps()
language plpgsql as $$
declare
  v_log name;
  v_dropped integer := 0;
begin
  perform pgque.stop();
  for v_log in
    select c.relname
    from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) i.inhrelid
    where i.inhparent operator(pg_catalog.=) 'pgque.event'::regclass
  loop
    execute pg_catalog.format('drop sequence pgque.%I, pgque.%I', v_log || '_id', v_log || '_generation');
    execute pg_catalog.format('drop table pgque.%I', v_log);
    v_dropped := v_dropped operator(pg_catalog.+) 1;
    if v_dropped operator(pg_catalog.%) 10 operator(pg_catalog.=) 0 then
      commit;
    end if;
  end loop;
  perform pgque.uninstall();
end
$$;
