-- For a ticker that runs all the time. Ticks every queue that has events which no tick covers yet, without waiting for
-- ticker_max_count or ticker_max_lag, and those whose ticker_idle_period has passed.
-- sleep_seconds > 0 says that the caller sleeps next, at most for so long: it is rung, on channel pgque:doorbell, by the
-- next transaction that sends something, with the name of the queue, or that nacks or delays something, with no name.
-- Without it, producers are told that nobody sleeps.
--   ticked       how many queues were ticked; their names and the ids of the ticks are in queue_names and tick_ids
--   is_owed      a transaction is open that may have sent events, and will not ring: do not sleep for long
--   is_doorbell  whether the caller will be rung; never with max_prepared_transactions > 0, because a transaction that
--                has notified somebody could not be prepared
--   next_due_at  when the next retry or delayed send is due, for maint_retry_events(); NULL: none
-- Raises isolation_not_supported (QU013), invalid_argument (QU005). Tickers wait for each other's transactions.
create or replace function pgque.tick_pending(
  sleep_seconds integer default 0,
  out ticked bigint, out is_owed boolean, out is_doorbell boolean, out next_due_at timestamptz,
  out queue_names text[], out tick_ids bigint[])
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_moved_until timestamptz;
  v_queue_ids integer[];
  -- Before setval(), which needs an id.
  v_own constant xid8 := pg_current_xact_id_if_assigned();
begin
  perform pgque._require_read_committed('tick_pending');
  if sleep_seconds is null or sleep_seconds not between 0 and 3600 then
    raise exception 'sleep_seconds must be between 0 and 3600' using
      errcode = 'QU005', detail = coalesce(sleep_seconds::text, 'NULL'), hint = 'Call it again before that time is over.';
  end if;
  perform pgque._lock_ticker();
  is_doorbell := sleep_seconds > 0 and current_setting('max_prepared_transactions') = '0';
  -- Before the sequences are read: whoever has drawn an event id and did not see the doorbell is seen now.
  if is_doorbell then
    perform setval('pgque.doorbell', ceil(extract(epoch from clock_timestamp()))::bigint + sleep_seconds);
  elsif pg_sequence_last_value('pgque.doorbell') > 0 then
    perform setval('pgque.doorbell', 0);
  end if;
  select t.queue_ids, t.tick_ids into v_queue_ids, tick_pending.tick_ids from pgque._tick(null, true, v_own) t;
  ticked := coalesce(cardinality(v_queue_ids), 0)::bigint;
  if ticked > 0 then
    queue_names := array(
      select q.queue_name from unnest(v_queue_ids) with ordinality u (queue_id, position)
      join pgque.queue q on q.queue_id = u.queue_id order by u.position);
  end if;
  is_owed := sleep_seconds > 0 and exists (
    select from pgque.queue q cross join lateral pgque._newest_tick(q.queue_id) t
    where not q.ticker_paused and not q.external_ticker and t.owed_by <> '{}');
  v_moved_until := (pgque._state('m', 0)).noted_at;
  next_due_at := (select min(l.due_at) from pgque.later l where l.due_at > v_moved_until);
end
$$;

comment on function pgque.tick_pending(integer) is 'Tick every queue that has something new, for a ticker that runs all the time';
grant execute on function pgque.tick_pending(integer) to pgque_admin;
