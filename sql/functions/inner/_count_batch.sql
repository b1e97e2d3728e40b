-- How many events an open batch has; 0 when there is none. The queue and the subscription that retries belong to are given:
-- a member that leaves during the call is still counted.
create or replace function pgque._count_batch(state pgque.cursor, queue pgque.queue, owner integer) returns bigint
language plpgsql volatile as $$
declare
  v_count bigint := 0::bigint;
begin
  if state.batch_id is not null then
    state.subject := owner;
    -- Dynamic, because the batch lies in the tables of its queue.
    execute 'select count(*) from (' || pgque._batch_query(state, '1', null, queue) || ') e' into v_count;
  end if;
  return v_count;
end
$$;
