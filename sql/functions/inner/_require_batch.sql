-- As _lock_batch, but raises batch_not_found (QU003).
create or replace function pgque._require_batch(batch_id bigint) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_state pgque.cursor;
begin
  v_state := pgque._lock_batch(batch_id);
  if v_state.subject is null then
    raise exception 'batch not found: %', coalesce(batch_id::text, 'NULL') using
      errcode = 'QU003', detail = coalesce(batch_id::text, 'NULL'),
      hint = 'It was acknowledged, or its consumer was unsubscribed; receive again.';
  end if;
  return v_state;
end
$$;
