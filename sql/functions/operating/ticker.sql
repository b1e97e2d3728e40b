-- Ticks what is due. Channel pgque_<queue> is notified with the tick id when the transaction commits.
-- All raise isolation_not_supported (QU013) in REPEATABLE READ and SERIALIZABLE, and rebase_needed (QU023) after a restore
-- into another cluster; those with a queue raise queue_not_found (QU001) and tick_not_allowed (QU014). One ticker at a time: a second waits for the first's transaction.

-- All queues that are due, but for paused ones and those with an external ticker; returns how many.
create or replace function pgque.ticker() returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pgque._require_read_committed('ticker');
  perform pgque._lock_ticker();
  return coalesce(cardinality((pgque._tick()).queue_ids), 0)::bigint;
end
$$;

-- One queue, if it is due; returns the tick id, or NULL.
create or replace function pgque.ticker(queue text) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue pgque.queue := pgque._find_queue(queue);
begin
  perform pgque._require_read_committed('ticker');
  perform pgque._require_own_ticker(v_queue);
  perform pgque._lock_ticker();
  return ((pgque._tick(v_queue.queue_id)).tick_ids)[1];
end
$$;

-- A tick that an external ticker made elsewhere; returns its id. Raises tick_out_of_order (QU015).
create or replace function pgque.ticker(queue text, tick_id bigint, "timestamp" timestamptz, event_seq bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue pgque.queue := pgque._lock_queue(queue);
  v_last pgque.tick;
  v_floor bigint;
begin
  perform pgque._require_read_committed('ticker');
  if not v_queue.external_ticker then
    raise exception 'queue has no external ticker: %', queue using
      errcode = 'QU014', detail = queue, hint = 'Set it with pgque.set_queue_config(queue, ''external_ticker'', ''true'').';
  end if;
  perform pgque._lock_ticker();
  v_last := pgque._newest_tick(v_queue.queue_id);
  if tick_id is null or "timestamp" is null or event_seq is null
    or tick_id <= v_last.tick_id or event_seq < v_last.event_seq or "timestamp" < v_last.tick_time then
    raise exception 'tick out of order: %, %', queue, coalesce(tick_id::text, 'NULL') using errcode = 'QU015',
      detail = format('the last tick is %s at %s with event_seq %s', v_last.tick_id, v_last.tick_time, v_last.event_seq),
      hint = 'Tick id, timestamp and event_seq must not be NULL and not go back, and the tick id must be new.';
  end if;
  perform pgque._require_own_xid(pg_snapshot_xmax(v_last.snapshot));
  v_floor := coalesce(pg_sequence_last_value(v_queue.event_seq), 0);
  perform pgque._append_external_tick(v_queue, tick_id, "timestamp", event_seq, v_floor);
  return tick_id;
end
$$;

comment on function pgque.ticker() is 'Tick all queues that are due; returns how many';
comment on function pgque.ticker(text) is 'Tick one queue if it is due; returns the tick id or NULL';
comment on function pgque.ticker(text, bigint, timestamptz, bigint) is 'Record a tick of an external ticker; returns its id';
grant execute on function pgque.ticker(), pgque.ticker(text), pgque.ticker(text, bigint, timestamptz, bigint) to pgque_admin;
