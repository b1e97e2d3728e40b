-- The greatest transaction id in a queue's event log, but for that of this transaction, or NULL: index probes. The locks are given back at once, and a slot that
-- is locked exclusively for longer than 50 ms is left out: whoever looks must not hang, nor stand in the way.
create or replace function pgque._newest_event_xid(log_id integer) returns xid8
language plpgsql volatile set lock_timeout = '50ms' as $$
declare
  v_xid xid8;
  v_newest xid8;
begin
  for v_slot in 0 .. 2 loop
    begin
      -- Dynamic, because the slot is a table of its queue.
      execute format(
        'select e.ev_txid from pgque.%I e where e.ev_owner is null and e.ev_txid is distinct from $1 order by e.ev_txid desc limit 1',
        'event_' || log_id || '_' || v_slot) into v_xid using pg_current_xact_id_if_assigned();
      raise exception using errcode = 'QUTIC', message = 'rolled back', hint = 'Never seen by a caller.';
    exception when sqlstate 'QUTIC' then
      v_newest := case when v_xid > v_newest or v_newest is null then coalesce(v_xid, v_newest) else v_newest end;
    when lock_not_available then
      null;
    end;
  end loop;
  return v_newest;
end
$$;
