-- Gives the events of a queue new transaction ids, as _rebase_queue() says, and returns its ticks with their new snapshots.
-- An event above the ceiling of every tick was sent after the restore, whatever its id makes of it.
-- The new snapshots list no transaction that was open when they were taken. So the floor of a tick goes below the events of
-- those that it did not see.
create or replace function pgque._rebase_events(queue pgque.queue, ticks pgque.tick[], xids xid8[], snapshots pg_snapshot[])
returns pgque.tick[]
language plpgsql volatile as $$
declare
  v_log constant text := 'event_' || queue.log_id;
  v_slot constant integer := pgque._make_room(v_log, pg_sequence_last_value(queue.generation_seq), true);
  v_late xid8[];        -- transactions that a tick found open
  v_seen_by bigint[];   -- the first tick that saw each
  v_xid text;
  v_lows bigint[];      -- the lowest event of each new transaction id
  v_ticks pgque.tick[];
begin
  select array_agg(l.xid), array_agg(l.seen_by) into v_late, v_seen_by
  from (
    select x as xid, max(t.ordinality) + 1 as seen_by
    from unnest(ticks) with ordinality t cross join pg_snapshot_xip(t.snapshot) x
    group by x) l;
  select format('(%L::xid8[])[case when ev_id > %s then %s else coalesce(l.seen_by, width_bucket(ev_txid, %L::xid8[]) + 1) end]',
    xids, max(t.id_ceiling), count(*) + 1, array_agg(pg_snapshot_xmax(t.snapshot) order by t.tick_id))
  into v_xid from unnest(ticks) t;
  for v_from in 0 .. 2 loop
    perform pgque._move_slot(v_log, v_from, v_slot, jsonb_build_object('ev_txid', v_xid),
      format('left join unnest(%L::xid8[], %L::bigint[]) l (xid, seen_by) on l.xid = ev_txid', v_late, v_seen_by));
  end loop;

  -- Dynamic, because the slot is a table of its queue.
  execute format(
    'select array_agg(e.low order by x.n) from unnest($1) with ordinality x (xid, n)'
    ' cross join lateral (select min(e.ev_id) as low from pgque.%I e where e.ev_txid = x.xid and e.ev_owner is null) e',
    v_log || '_' || v_slot)
  into v_lows using xids[1 : cardinality(ticks) + 1];
  select array_agg(row(t.slot, t.queue_id, t.tick_id, t.tick_time, snapshots[t.ordinality], t.event_seq,
    least(t.id_floor, l.low - 1), t.id_ceiling, '{}'::xid8[])::pgque.tick order by t.ordinality) into v_ticks
  from unnest(ticks) with ordinality t
  join (
    select x.n, min(x.low) over (order by x.n desc rows between unbounded preceding and 1 preceding) as low
    from unnest(v_lows) with ordinality x (low, n)) l on l.n = t.ordinality;
  return v_ticks;
end
$$;
