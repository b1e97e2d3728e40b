-- Raises invalid_queue_name (QU008) unless the name is fit for a queue: its channel pgque_<name> must fit 63 bytes.
create or replace function pgque._require_name(queue_name text) returns void
language plpgsql immutable as $$
begin
  if queue_name is null or queue_name = '' then
    raise exception 'queue name must not be %', case when queue_name is null then 'null' else 'empty' end using
      errcode = 'QU008', hint = 'A queue name has 1 to 57 bytes.';
  end if;
  if octet_length(queue_name) > 57 then
    raise exception 'queue name too long: % bytes (max 57)', octet_length(queue_name) using
      errcode = 'QU008', detail = queue_name, hint = 'A queue name has 1 to 57 bytes.';
  end if;
end
$$;
