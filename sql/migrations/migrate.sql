-- Brings the tables of an older install to what schema/ says. After the functions, because of its locks: whoever sends or
-- receives waits for them until this transaction ends. It waits for them no longer than the lock timeout, and than half of
-- the deadlock timeout: else, of two that wait for each other, the other one might be picked to fail. If they are not to
-- be had it lets go of them, lets the others through, and tries again.
do $$
declare
  -- The oldest installs have no such column.
  v_version constant integer := (
    select coalesce((pg_catalog.to_jsonb(c) ->> 'schema_version')::integer, 0) from pgque.config c);
  v_patience_ms constant double precision := 1000 * pg_catalog.date_part('epoch', least(
    nullif(pg_catalog.current_setting('lock_timeout')::interval, '0 seconds'),
    pg_catalog.current_setting('deadlock_timeout')::interval / 2));
  v_holders text;
begin
  if v_version = :schema_version then
    return;
  end if;
  for v_attempts_left in reverse 9 .. 0 loop
    begin
      perform pg_catalog.set_config('lock_timeout', v_patience_ms || 'ms', true);
      -- Who ticks, moves or rotates begins with one of these, and who waits there stands in nobody's way.
      perform pgque._lock_ddl(), pgque._lock_ticker(), pgque._lock_rotation(), pgque._lock_mover();
      -- Nor does who sends or receives here.
      lock table pgque.queue in access exclusive mode;
      -- Now hardly anybody is left to wait for.
      perform pg_catalog.set_config('lock_timeout', greatest(1, v_patience_ms / 20) || 'ms', true);
    :migrations
    :comments
      update pgque.config set schema_version = :schema_version;
      perform pg_catalog.set_config('lock_timeout', v_patience_ms || 'ms', true);
      exit;
    exception when lock_not_available then
      if v_attempts_left = 0 then
        select pg_catalog.string_agg(pgque._describe_session(h.pid, h.virtualtransaction), '; ') into v_holders
        from (
          select distinct l.pid, l.virtualtransaction
          from pg_catalog.pg_locks l
          join pg_catalog.pg_class c on c.oid = l.relation and c.relnamespace = 'pgque'::regnamespace
          where l.granted and l.pid is distinct from pg_catalog.pg_backend_pid()
            and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())) h;
        raise exception 'an upgrade needs locks that others hold' using
          errcode = 'lock_not_available', detail = coalesce(v_holders, 'They have let go of them by now.'),
          hint = 'Nothing was changed. Run the file again when long transactions have ended.';
      end if;
    end;
    perform pg_catalog.pg_sleep(v_patience_ms / 1000);
  end loop;
end
$$;

do $$
begin
  if exists (select from pgque._former_functions()) then
    update pgque.config set upgraded_at = pg_catalog.clock_timestamp();
  end if;
end
$$;
