-- The newest dead letters of a queue, at most limit_count. Raises queue_not_found (QU001).
create or replace function pgque.dlq_inspect(queue text, limit_count integer default 100)
returns table (
  dl_id bigint, dl_time timestamptz, dl_reason text, consumer_name text, ev_id bigint, ev_time timestamptz, ev_retry integer,
  ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue)).queue_id;
begin
  return query
    select d.dl_id, d.dl_time, d.dl_reason, d.consumer_name, d.ev_id, d.ev_time, d.ev_retry,
      d.ev_type, d.ev_data, d.ev_extra1, d.ev_extra2, d.ev_extra3, d.ev_extra4
    from pgque.dead_letter d where d.queue_id = v_queue_id
    order by d.dl_time desc, d.dl_id desc limit greatest(limit_count, 0);
end
$$;

comment on function pgque.dlq_inspect(text, integer) is 'The newest dead letters of a queue';
grant execute on function pgque.dlq_inspect(text, integer) to pgque_reader;
