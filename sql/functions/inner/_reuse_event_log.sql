-- Takes the event log of a dropped queue over for a new one and returns its number; NULL when there is none, or an old
-- session still holds a lock on it. Its generation begins a new epoch: a transaction whose snapshot still sees the dropped
-- queue finds the epoch of another and must not append here.
create or replace function pgque._reuse_event_log() returns integer
language plpgsql volatile as $$
declare
  v_log_id integer;
  v_generation_seq regclass;
begin
  select r.log_id into v_log_id from pgque.retired_log r order by r.log_id limit 1;
  if not found then
    return null;
  end if;
  for v_slot in 0 .. 2 loop
    if not pgque._lock_slot(format('pgque.%I', 'event_' || v_log_id || '_' || v_slot)::regclass, true) then
      return null;
    end if;
  end loop;
  delete from pgque.retired_log r where r.log_id = v_log_id;
  execute format('truncate pgque.%I', 'event_' || v_log_id);
  v_generation_seq := format('pgque.%I', 'event_' || v_log_id || '_generation')::regclass;
  perform setval(v_generation_seq, (((pg_sequence_last_value(v_generation_seq) >> 40) + 1) << 40) + 3);
  perform setval(format('pgque.%I', 'event_' || v_log_id || '_id')::regclass, 1, false);
  return v_log_id;
end
$$;
