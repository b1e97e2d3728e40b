-- rebase() once something is to be done; returns how many queues there are. The caller has the advisory locks.
create or replace function pgque._rebase_all() returns integer
language plpgsql volatile as $$
declare
  v_count integer := 0;
  v_most bigint;
  v_xids xid8[];
  v_snapshots pg_snapshot[];
  v_tick_slot integer;
  v_queue pgque.queue;
begin
  -- Nobody reads a position, or writes an event, without one of these.
  lock table pgque.cursor, pgque.tick, pgque.later in access exclusive mode;
  lock table only pgque.event in access exclusive mode;

  select coalesce(max(k.ticks), 0) + 2 into v_most
  from pgque.queue q cross join lateral (select count(*) as ticks from pgque._known_ticks(q.queue_id)) k;
  select r.xids, r.snapshots into v_xids, v_snapshots from pgque._rebase_ids(v_most) r;

  v_tick_slot := pgque._make_room('tick', pg_sequence_last_value('pgque.tick_generation'), false);
  for v_queue in select q.* from pgque.queue q order by q.queue_id loop
    perform pgque._rebase_queue(v_queue, v_xids, v_snapshots, v_tick_slot);
    v_count := v_count + 1;
  end loop;
  for v_slot in 0 .. 2 loop
    if v_slot <> v_tick_slot then
      execute format('truncate only pgque.%I', 'tick_' || v_slot);
    end if;
  end loop;
  perform pgque._rebase_later(v_xids, v_snapshots);

  for v_log in 1 .. 3 loop
    perform pgque._rebase_mark('l', v_log, pg_sequence_last_value(
      ((array['pgque.tick_generation', 'pgque.cursor_generation', 'pgque.later_generation'])[v_log])::regclass));
  end loop;
  return v_count;
end
$$;
