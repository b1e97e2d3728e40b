-- The queue of this name, or queue_not_found (QU001). Takes no lock.
create or replace function pgque._find_queue(queue_name text) returns pgque.queue
language plpgsql stable as $$
declare
  v_queue pgque.queue;
begin
  select q.* into v_queue from pgque.queue q where q.queue_name = _find_queue.queue_name;
  if not found then
    raise exception 'queue not found: %', coalesce(queue_name, 'NULL') using
      errcode = 'QU001', detail = coalesce(queue_name, 'NULL'),
      hint = 'Create it with pgque.create_queue(), or check the spelling.';
  end if;
  return v_queue;
end
$$;
