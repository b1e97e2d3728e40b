-- Sends a message at a time, or after a delay; at once when that is past. Returns an id that cancel() takes; the event has
-- an id of its own when it is delivered, by the first maint_retry_events() and tick after it is due.
-- Raises queue_not_found (QU001), insert_disallowed (QU007), invalid_argument (QU005) for a NULL or infinite time.
create or replace function pgque.send_at(queue_name text, type_name text, payload text, deliver_at timestamptz) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue constant pgque.queue := pgque._find_queue(queue_name);
  v_row pgque.later;
begin
  if v_queue.disable_insert then
    perform pgque._refuse_insert(queue_name);
  end if;
  v_row.owner := 0;
  v_row.ev_id := nextval('pgque.delayed_id_seq');
  v_row.ev_retry := 0;
  v_row.queue_id := v_queue.queue_id;
  v_row.due_at := pgque._require_finite(deliver_at);
  v_row.ev_time := now();
  v_row.ev_type := type_name;
  v_row.ev_data := payload;
  perform pgque._append_delayed(v_row);
  return v_row.ev_id;
end
$$;

create or replace function pgque.send_at(queue_name text, type_name text, payload jsonb, deliver_at timestamptz) returns bigint
language sql volatile as $$
  select pgque.send_at(queue_name, type_name, payload::pg_catalog.text, deliver_at)
$$;

create or replace function pgque.send_at(queue_name text, type_name text, payload text, delay interval) returns bigint
language sql volatile as $$
  select pgque.send_at(queue_name, type_name, payload, pg_catalog.clock_timestamp() operator(pg_catalog.+) delay)
$$;

create or replace function pgque.send_at(queue_name text, type_name text, payload jsonb, delay interval) returns bigint
language sql volatile as $$
  select pgque.send_at(queue_name, type_name, payload::pg_catalog.text, pg_catalog.clock_timestamp() operator(pg_catalog.+) delay)
$$;

comment on function pgque.send_at(text, text, text, timestamptz) is 'Send a message at a time; returns an id for cancel()';
comment on function pgque.send_at(text, text, jsonb, timestamptz) is 'Send a JSON message at a time; returns an id for cancel()';
comment on function pgque.send_at(text, text, text, interval) is 'Send a message after a delay; returns an id for cancel()';
comment on function pgque.send_at(text, text, jsonb, interval) is 'Send a JSON message after a delay; returns an id for cancel()';
grant execute on function
  pgque.send_at(text, text, text, timestamptz), pgque.send_at(text, text, jsonb, timestamptz),
  pgque.send_at(text, text, text, interval), pgque.send_at(text, text, jsonb, interval) to pgque_writer;
