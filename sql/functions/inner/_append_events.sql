-- Appends events in one statement and returns their ids in the order of the payloads. Either one type for all, or one
-- for each. What holds for the order of transaction id and event id, and for rotation, is said in insert_event().
create or replace function pgque._append_events(
  queue_name text, type_name text, type_names text[], payloads text[], extras text[]) returns bigint[]
language plpgsql volatile as $$
declare
  v_queue pgque.queue;
  v_generation bigint;
  v_txid xid8;
  v_ids bigint[];
begin
  if cardinality(payloads) = 0 then
    return '{}'::bigint[];
  end if;
  select q.* into v_queue from pgque.queue q where q.queue_name = _append_events.queue_name;
  if v_queue.disable_insert is distinct from false then
    perform pgque._refuse_insert(queue_name);
  end if;

  v_txid := pg_current_xact_id();
  v_generation := pg_sequence_last_value(v_queue.generation_seq);
  if type_names is null then
    with appended as (
      insert into pgque.event (log_id, slot, ev_id, ev_txid, ev_type, ev_data)
      select v_queue.log_id, v_generation % 3, nextval(v_queue.event_seq), v_txid, type_name, payload
      from unnest(payloads) payload
      returning ev_id)
    select array_agg(ev_id) into v_ids from appended;
  else
    with appended as (
      insert into pgque.event (log_id, slot, ev_id, ev_txid, ev_type, ev_data, ev_extra1)
      select v_queue.log_id, v_generation % 3, nextval(v_queue.event_seq), v_txid, u.type_name, u.payload, u.extra
      from unnest(payloads, type_names, extras) u (payload, type_name, extra)
      returning ev_id)
    select array_agg(ev_id) into v_ids from appended;
  end if;
  if pg_sequence_last_value(v_queue.generation_seq) > v_generation + 1 or v_generation >> 40 <> v_queue.epoch then
    perform pgque._rotated_away();
  end if;
  perform pgque._ring(queue_name);
  return v_ids;
end
$$;
