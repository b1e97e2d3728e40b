-- Sends many messages in one statement; the ids come in the order of the payloads. '{}' gives '{}' without looking at
-- the queue; NULL elements are stored as NULL. type_names and extras (stored as extra1) go with the payload of the
-- same position. Raises invalid_argument (QU005) for a NULL array or arrays of different lengths, and what
-- insert_event() raises.
create or replace function pgque.send_batch(queue_name text, type_names text[], payloads text[], extras text[] default null)
returns bigint[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if type_names is null or payloads is null then
    raise exception '% must not be null', case when payloads is null then 'payloads' else 'type_names' end using
      errcode = 'QU005', hint = 'Pass an empty array to send nothing.';
  end if;
  if cardinality(type_names) <> cardinality(payloads) or cardinality(extras) <> cardinality(payloads) then
    raise exception 'type_names and extras must be as long as payloads' using errcode = 'QU005',
      detail = format('%s payloads, %s type_names, %s extras', cardinality(payloads), cardinality(type_names), cardinality(extras)),
      hint = 'Pass one type name, and one extra if any, for each payload.';
  end if;
  return pgque._append_events(queue_name, null, type_names, payloads, extras);
end
$$;

create or replace function pgque.send_batch(queue_name text, type_name text, payloads text[]) returns bigint[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if payloads is null then
    raise exception 'payloads must not be null' using errcode = 'QU005', hint = 'Pass an empty array to send nothing.';
  end if;
  return pgque._append_events(queue_name, type_name, null, payloads, null);
end
$$;

create or replace function pgque.send_batch(queue_name text, type_name text, payloads jsonb[]) returns bigint[]
language sql volatile as $$
  select pgque.send_batch(queue_name, type_name, payloads::pg_catalog.text[])
$$;

create or replace function pgque.send_batch(queue_name text, payloads text[]) returns bigint[]
language sql volatile as $$
  select pgque.send_batch(queue_name, 'default'::pg_catalog.text, payloads)
$$;

create or replace function pgque.send_batch(queue_name text, payloads jsonb[]) returns bigint[]
language sql volatile as $$
  select pgque.send_batch(queue_name, 'default'::pg_catalog.text, payloads::pg_catalog.text[])
$$;

comment on function pgque.send_batch(text, text[], text[], text[]) is 'Send many messages, each with its own type; returns their ids in order';
comment on function pgque.send_batch(text, text, text[]) is 'Send many messages of a type; returns their ids in order';
comment on function pgque.send_batch(text, text, jsonb[]) is 'Send many JSON messages of a type; returns their ids in order';
comment on function pgque.send_batch(text, text[]) is 'Send many messages; returns their ids in order';
comment on function pgque.send_batch(text, jsonb[]) is 'Send many JSON messages; returns their ids in order';
grant execute on function
  pgque.send_batch(text, text[], text[], text[]), pgque.send_batch(text, text, text[]),
  pgque.send_batch(text, text, jsonb[]), pgque.send_batch(text, text[]), pgque.send_batch(text, jsonb[])
  to pgque_writer;
