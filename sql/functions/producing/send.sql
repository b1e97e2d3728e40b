-- Sends one message and returns its id; text is stored verbatim, jsonb in its canonical form, the type without one is
-- 'default'. Raises what insert_event() raises. The planner inlines these into the call of insert_event().
create or replace function pgque.send(queue_name text, type_name text, payload text) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, type_name, payload, null, null, null, null)
$$;

create or replace function pgque.send(queue_name text, type_name text, payload jsonb) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, type_name, payload::pg_catalog.text, null, null, null, null)
$$;

create or replace function pgque.send(queue_name text, payload text) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, 'default', payload, null, null, null, null)
$$;

create or replace function pgque.send(queue_name text, payload jsonb) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, 'default', payload::pg_catalog.text, null, null, null, null)
$$;

comment on function pgque.send(text, text, text) is 'Send one message of a type; returns its id';
comment on function pgque.send(text, text, jsonb) is 'Send one JSON message of a type; returns its id';
comment on function pgque.send(text, text) is 'Send one message; returns its id';
comment on function pgque.send(text, jsonb) is 'Send one JSON message; returns its id';
grant execute on function
  pgque.send(text, text, text), pgque.send(text, text, jsonb), pgque.send(text, text), pgque.send(text, jsonb)
  to pgque_writer;
