-- Moves the rotation of every log by at most one phase and returns how many moved. Safe at every crash point, because
-- a generation is advanced (setval survives a rollback) only after what it needs has been committed:
--   noted     event logs: no open transaction has written to the slot of g - 2: readers whose position is younger need
--             not touch it; and after a crash, or a rollback that the sequence survived, the generation itself;
--   emptied   the slot of g - 2, which is the next one, is truncated: at once for a shared log, for an event log when
--             every subscription has passed it, or was moved past it as max_consumer_lag of the queue demands;
--   carried   shared logs, when rotation is due: what is needed of the slot of g - 1 is copied to that of g, while no
--             open transaction has written to it;
--   advanced  when rotation is due: setval(g + 1).
-- Call it every few seconds, and again while it does not return 0. Two at once: the second returns 0. Twice in one transaction: the second time 0,
-- because nothing is committed in between. Locks are tried for 50 ms; what is not to be had is tried at the next call.
-- Raises isolation_not_supported (QU013).
create or replace function pgque.maint() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_started_at constant timestamptz := clock_timestamp();
  v_moved integer := 0;
  v_queue_id integer;
begin
  if not pgque._begin_maint('maint') then
    return 0;
  end if;
  if (select c.upgraded_at from pgque.config c) < v_started_at - interval '1 hour' then
    perform pgque._drop_former_functions();
  end if;
  v_moved := pgque._rotate_shared_logs();
  for v_queue_id in select r.queue_id from pgque._event_logs_to_rotate(null) r (queue_id) loop
    v_moved := v_moved + pgque._rotate_event_log(v_queue_id);
    -- The locks are held until the transaction ends; the next call goes on with the queues that are left.
    exit when clock_timestamp() > v_started_at + interval '50 milliseconds';
  end loop;
  return v_moved;
end
$$;

-- For callers of PgQ's names: the event log of one queue, and the shared logs. Both return how many moved by a phase.
create or replace function pgque.maint_rotate_tables_step1(queue text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id integer := (pgque._find_queue(queue)).queue_id;
begin
  if not pgque._begin_maint('maint_rotate_tables_step1') then
    return 0;
  end if;
  return coalesce((select pgque._rotate_event_log(r.queue_id) from pgque._event_logs_to_rotate(v_queue_id) r (queue_id)), 0);
end
$$;

create or replace function pgque.maint_rotate_tables_step2() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not pgque._begin_maint('maint_rotate_tables_step2') then
    return 0;
  end if;
  return pgque._rotate_shared_logs();
end
$$;

comment on function pgque.maint() is 'Move the rotation of every log by one phase; returns how many moved';
comment on function pgque.maint_rotate_tables_step1(text) is 'Move the rotation of one queue''s event log by one phase';
comment on function pgque.maint_rotate_tables_step2() is 'Move the rotation of the shared logs by one phase';
grant execute on function pgque.maint(), pgque.maint_rotate_tables_step1(text), pgque.maint_rotate_tables_step2() to pgque_admin;
