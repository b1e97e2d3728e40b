-- Deletes the dead letters of a queue that are older than older_than; returns how many. Raises queue_not_found (QU001).
create or replace function pgque.dlq_purge(queue text, older_than interval default '30 days') returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue)).queue_id;
  v_count integer;
begin
  if older_than is null then
    raise exception 'older_than must not be null' using errcode = 'QU005', hint = 'Pass ''0 seconds'' to delete all.';
  end if;
  delete from pgque.dead_letter d where d.queue_id = v_queue_id and d.dl_time <= clock_timestamp() - older_than;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

comment on function pgque.dlq_purge(text, interval) is 'Delete old dead letters of a queue; returns how many';
grant execute on function pgque.dlq_purge(text, interval) to pgque_admin;
