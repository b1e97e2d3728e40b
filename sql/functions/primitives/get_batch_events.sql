-- PgQ: the events of an open batch in the order of their ids: all of the window, or of the page that receive() opened.
-- Raises batch_not_found (QU003). Locks the subscription until the transaction ends.
create or replace function pgque.get_batch_events(batch_id bigint)
returns table (
  ev_id bigint, ev_time timestamptz, ev_txid bigint, ev_retry integer, ev_type text, ev_data text,
  ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query execute pgque._batch_query(pgque._require_batch(batch_id),
    'ev_id, ev_time, ev_txid::text::bigint, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4', null);
end
$$;

comment on function pgque.get_batch_events(bigint) is 'The events of an open batch';
grant execute on function pgque.get_batch_events(bigint) to pgque_reader;
