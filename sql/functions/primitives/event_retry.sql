-- PgQ: schedules one event, or every event of an open batch, for redelivery, however often it was retried. event_retry
-- returns 1, or 0 when it was scheduled before; batch_retry returns how many were scheduled.
-- Raises batch_not_found (QU003), message_not_found (QU004), invalid_argument (QU005). Locks the subscription.
create or replace function pgque.event_retry(batch_id bigint, event_id bigint, retry_time timestamptz) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._give_back(batch_id, array[event_id], array[pgque._require_finite(retry_time)], null, 2147483647);
end
$$;

create or replace function pgque.event_retry(batch_id bigint, event_id bigint, retry_seconds integer) returns integer
language sql volatile as $$
  select pgque.event_retry(batch_id, event_id, pg_catalog.clock_timestamp() operator(pg_catalog.+) pg_catalog.make_interval(secs => retry_seconds))
$$;

create or replace function pgque.batch_retry(batch_id bigint, retry_seconds integer) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_due_at constant timestamptz := pgque._require_finite(clock_timestamp() + make_interval(secs => retry_seconds));
  v_msg_ids bigint[];
begin
  execute 'select array_agg(ev_id) from (' || pgque._batch_query(pgque._require_batch(batch_id), 'ev_id', null) || ') b'
  into v_msg_ids;
  return pgque._give_back(batch_id, coalesce(v_msg_ids, '{}'),
    array_fill(v_due_at, array[coalesce(cardinality(v_msg_ids), 0)]), null, 2147483647);
end
$$;

comment on function pgque.event_retry(bigint, bigint, timestamptz) is 'Schedule one event of a batch for redelivery at a time';
comment on function pgque.event_retry(bigint, bigint, integer) is 'Schedule one event of a batch for redelivery after seconds';
comment on function pgque.batch_retry(bigint, integer) is 'Schedule all events of a batch for redelivery after seconds';
grant execute on function pgque.event_retry(bigint, bigint, timestamptz), pgque.event_retry(bigint, bigint, integer),
  pgque.batch_retry(bigint, integer) to pgque_reader;
