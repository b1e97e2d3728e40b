-- Brings the tables of an older install to what schema/ says. After the functions, because of its locks: whoever sends or
-- receives waits for them until this transaction ends. They are given up when they are not all there within the lock
-- timeout; nothing is changed then.
do $$
declare
  -- The oldest installs have no such column.
  v_version constant integer := (
    select coalesce((pg_catalog.to_jsonb(c) ->> 'schema_version')::integer, 0) from pgque.config c);
  v_lock_timeout constant text := pg_catalog.current_setting('lock_timeout');
  v_deadline constant timestamptz := pg_catalog.clock_timestamp() + v_lock_timeout::interval;
  v_holders text;
begin
  if v_version < :schema_version then
    perform pgque._lock_ddl();
    :migrations
    :comments
    update pgque.config set schema_version = :schema_version;
    perform pg_catalog.set_config('lock_timeout', v_lock_timeout, true);
  end if;
exception when lock_not_available then
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
end
$$;
