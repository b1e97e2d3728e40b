-- Whether no open transaction has written to this slot of an event log. The caller holds SHARE on it, which says so of
-- every transaction but its own.
create or replace function pgque._is_slot_quiet(slot regclass) returns boolean
language plpgsql volatile as $$
declare
  v_is_quiet boolean;
begin
  execute format('select not exists (select from only %s where ev_txid = $1)', slot)
  into v_is_quiet using pg_current_xact_id_if_assigned();
  return v_is_quiet;
end
$$;
