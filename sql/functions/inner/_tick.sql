-- Appends a tick for each queue that is due, of all queues or of one; returns their ids and those of the ticks.
-- A queue is due when
--   its event sequence moved by ticker_max_count, or moved at all and ticker_max_lag has passed;
--   a transaction that may owe it events from before the last tick has ended and ticker_max_lag has passed;
--   ticker_idle_period has passed.
-- An eager ticker waits neither for ticker_max_count nor for ticker_max_lag. With an id of its own from before the call
-- of the ticker, this transaction may have sent events itself.
-- The caller holds the lock of the ticker, taken in a statement of its own: the snapshots have the order of the tick ids.
create or replace function pgque._tick(
  only_queue_id integer default null, is_eager boolean default false, own xid8 default pg_current_xact_id_if_assigned(),
  out queue_ids integer[], out tick_ids bigint[])
language plpgsql volatile as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_generation bigint;
  v_due integer[];
  v_last bigint[];
  v_floor bigint[];
  v_owed text[];
  v_seen xid8;
  v_snapshot pg_snapshot;
  v_open xid8[];
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    -- The sequences are read here, before the snapshot of the ticks is taken: see pgque.tick.
    -- A clock that was set back makes a queue due, once; it does not stop it. The newest tick is asked of the current
    -- slot first: a row there, fresh or carried, is never older than what the previous slot holds.
    select array_agg(d.queue_id), array_agg(d.tick_id), array_agg(d.floor),
      array_agg(case when d.floor = d.id_floor then d.owed_by::text end), (array_agg(d.xmax order by d.xmax desc))[1]
    into v_due, v_last, v_floor, v_owed, v_seen
    from (
      select q.queue_id, q.ticker_max_count, q.ticker_max_lag, q.ticker_idle_period, t.tick_id, t.id_floor, t.owed_by,
        pg_snapshot_xmax(t.snapshot) as xmax,
        coalesce(pg_sequence_last_value(q.event_seq), 0) as floor,
        greatest(v_now - t.tick_time, t.tick_time - v_now) as age
      from pgque.queue q
      cross join lateral (
        (select c.* from pgque.tick c
         where c.slot = v_generation % 3 and c.queue_id = q.queue_id order by c.tick_id desc limit 1)
        union all
        (select p.* from pgque.tick p
         where p.slot = (v_generation + 2) % 3 and p.queue_id = q.queue_id order by p.tick_id desc limit 1)
        limit 1) t
      where not q.ticker_paused and not q.external_ticker
        and (only_queue_id is null or q.queue_id = only_queue_id)) d
    where d.floor - d.id_floor >= d.ticker_max_count
      or d.floor > d.id_floor and (is_eager or d.age >= d.ticker_max_lag)
      or d.age >= d.ticker_idle_period
      or d.owed_by <> '{}' and (is_eager or d.age >= d.ticker_max_lag) and exists (
        select from unnest(d.owed_by) x where pg_visible_in_snapshot(x, pg_current_snapshot()));
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;

  if v_due is null then
    return;
  end if;
  perform pgque._require_own_xid(v_seen);
  v_snapshot := pgque._boundary();
  v_open := array(
    select x from pg_snapshot_xip(v_snapshot) x where x = own or x is distinct from pg_current_xact_id_if_assigned());
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    with ticked as (
      insert into pgque.tick
      select v_generation % 3, d.queue_id, d.tick_id + 1, v_now, v_snapshot, d.floor, d.floor,
        coalesce(pg_sequence_last_value(q.event_seq), 0),
        case when d.owed is null then v_open
          else array(select x from unnest(d.owed::xid8[]) x where not pg_visible_in_snapshot(x, v_snapshot)) end
      from unnest(v_due, v_last, v_floor, v_owed) d (queue_id, tick_id, floor, owed)
      join pgque.queue q on q.queue_id = d.queue_id
      returning queue_id, tick_id)
    select array_agg(t.queue_id), array_agg(t.tick_id) into queue_ids, tick_ids from ticked t;
    -- Rotated meanwhile: once more, as in pgque._append_tick().
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;

  perform pg_notify('pgque_' || q.queue_name, t.tick_id::text)
  from unnest(queue_ids, tick_ids) t (queue_id, tick_id) join pgque.queue q on q.queue_id = t.queue_id;
end
$$;
