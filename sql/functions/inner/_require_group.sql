-- As _lock_group, but raises serialization_failure (40001) when the lock is not to be had.
create or replace function pgque._require_group(queue_id integer, queue text, consumer text) returns integer
language plpgsql volatile as $$
declare
  v_group_id constant integer := pgque._lock_group(queue_id, queue, consumer);
begin
  if v_group_id is null then
    raise exception 'another session holds consumer %, %', queue, consumer using
      errcode = 'serialization_failure', hint = 'Run the transaction again.';
  end if;
  return v_group_id;
end
$$;
