-- How many events the open batch of a member has; 0 when there is none.
create or replace function pgque._count_batch(state pgque.cursor) returns bigint
language plpgsql volatile as $$
declare
  v_count bigint := 0::bigint;
begin
  if state.batch_id is not null then
    execute 'select count(*) from (' || pgque._batch_query(state, '1', null) || ') e' into v_count;
  end if;
  return v_count;
end
$$;
