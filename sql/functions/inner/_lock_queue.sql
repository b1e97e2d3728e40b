-- The queue of this name, locked FOR KEY SHARE: it cannot be dropped before the transaction ends. Or queue_not_found (QU001).
create or replace function pgque._lock_queue(queue_name text) returns pgque.queue
language plpgsql volatile as $$
declare
  v_queue pgque.queue;
begin
  select q.* into v_queue from pgque.queue q where q.queue_name = _lock_queue.queue_name for key share;
  if not found then
    v_queue := pgque._find_queue(queue_name);
  end if;
  return v_queue;
end
$$;
