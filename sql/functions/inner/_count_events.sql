-- How many committed events of a queue a snapshot does not see: what everybody gets, and the retries of one subscription
-- when it is given. Counts rows, not gaps of the sequence. Of events above id_floor those up to page_after are left out.
create or replace function pgque._count_events(
  queue pgque.queue, subscription_id integer, snapshot pg_snapshot, id_floor bigint, page_after bigint default null)
returns bigint
language plpgsql volatile as $$
declare
  v_state pgque.cursor;
  v_count bigint;
begin
  v_state.subject := coalesce(subscription_id, -1);
  v_state.snapshot := snapshot;
  v_state.id_floor := id_floor;
  v_state.page_after := page_after;
  v_state.next_snapshot := pgque._newest_snapshot();
  v_state.next_id_ceiling := coalesce(pg_sequence_last_value(queue.event_seq), 0);
  execute 'select count(*) from (' || pgque._batch_query(v_state, '1', null, queue) || ') e' into v_count;
  return v_count;
end
$$;
