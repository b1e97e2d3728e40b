-- Appends one event and returns its id. It reaches every subscription after the transaction has committed and the
-- ticker has ticked. Raises queue_not_found (QU001), insert_disallowed (QU007), and serialization_failure (40001) when
-- the log rotated twice between choosing the slot and appending, or serves another queue since this transaction's
-- snapshot: run it again.
create or replace function pgque.insert_event(
  queue_name text, ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_log_id integer;
  v_event_seq regclass;
  v_generation_seq regclass;
  v_epoch integer;
  v_disable_insert boolean;
  v_generation bigint;
  v_txid xid8;
  v_id bigint;
begin
  select q.log_id, q.event_seq, q.generation_seq, q.epoch, q.disable_insert
  into v_log_id, v_event_seq, v_generation_seq, v_epoch, v_disable_insert
  from pgque.queue q where q.queue_name = insert_event.queue_name;
  if v_disable_insert is distinct from false then
    perform pgque._refuse_insert(queue_name);
  end if;

  -- The transaction id first, then the event id: a tick between the two would otherwise put its floor above an event
  -- of a transaction that it takes for a later one, and the event would never be read.
  v_txid := pg_current_xact_id();
  v_id := nextval(v_event_seq);
  v_generation := pg_sequence_last_value(v_generation_seq);
  insert into pgque.event (log_id, slot, ev_id, ev_txid, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
  values (v_log_id, v_generation % 3, v_id, v_txid, insert_event.ev_type, insert_event.ev_data,
    insert_event.ev_extra1, insert_event.ev_extra2, insert_event.ev_extra3, insert_event.ev_extra4);
  if pg_sequence_last_value(v_generation_seq) > v_generation + 1 or v_generation >> 40 <> v_epoch then
    perform pgque._rotated_away();
  end if;
  -- After the event id: a ticker that goes to sleep raises the doorbell first and looks for ids afterwards.
  if pg_sequence_last_value('pgque.doorbell') > 0 then
    perform pgque._ring(queue_name);
  end if;
  return v_id;
end
$$;

create or replace function pgque.insert_event(queue_name text, ev_type text, ev_data text) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, ev_type, ev_data, null, null, null, null)
$$;

comment on function pgque.insert_event(text, text, text, text, text, text, text) is 'Append one event; returns its id';
comment on function pgque.insert_event(text, text, text) is 'Append one event; returns its id';
grant execute on function pgque.insert_event(text, text, text, text, text, text, text), pgque.insert_event(text, text, text)
  to pgque_writer;
