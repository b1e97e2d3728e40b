-- Makes the next ticker() tick this queue, whatever its thresholds: moves the event sequence by
-- ticker_max_count * 2 + 1000. Returns the id of the last tick. Does not tick itself.
-- Raises queue_not_found (QU001), tick_not_allowed (QU014).
create or replace function pgque.force_next_tick(queue text) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue pgque.queue := pgque._find_queue(queue);
begin
  perform pgque._require_own_ticker(v_queue);
  -- One by one: setval() after reading the sequence could set it back behind concurrent producers.
  perform nextval(v_queue.event_seq) from generate_series(1, v_queue.ticker_max_count * 2 + 1000);
  return (pgque._newest_tick(v_queue.queue_id)).tick_id;
end
$$;

create or replace function pgque.force_tick(queue text) returns bigint
language sql volatile as $$
  select pgque.force_next_tick(queue)
$$;

comment on function pgque.force_next_tick(text) is 'Make the next ticker() tick this queue; returns the last tick id';
comment on function pgque.force_tick(text) is 'The same as force_next_tick()';
grant execute on function pgque.force_next_tick(text), pgque.force_tick(text) to pgque_admin;
