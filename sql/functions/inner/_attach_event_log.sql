-- Makes a partition of pgque.event with three slots, their indexes and its sequences. Built aside and then attached, because ATTACH
-- takes a lock on the parent that producers do not notice, where CREATE … PARTITION OF would stop them all.
create or replace function pgque._attach_event_log(log_id integer) returns void
language plpgsql volatile as $$
declare
  v_log constant text := 'event_' || log_id;
begin
  execute format('create table pgque.%I (like pgque.event including defaults) partition by list (slot)', v_log);
  for v_slot in 0 .. 2 loop
    execute format('create table pgque.%I partition of pgque.%I for values in (%s)', v_log || '_' || v_slot, v_log, v_slot);
    execute format('create index %I on pgque.%I (ev_id)', v_log || '_' || v_slot || '_id', v_log || '_' || v_slot);
    execute format('create index %I on pgque.%I (ev_txid, ev_id) where ev_owner is null',
      v_log || '_' || v_slot || '_txid', v_log || '_' || v_slot);
    execute format('create index %I on pgque.%I (ev_owner, ev_txid, ev_id) where ev_owner is not null',
      v_log || '_' || v_slot || '_owner', v_log || '_' || v_slot);
  end loop;
  execute format('alter table pgque.event attach partition pgque.%I for values in (%s)', v_log, log_id);
  execute format('create sequence pgque.%I', v_log || '_id');
  execute format('create sequence pgque.%I', v_log || '_generation');
  perform setval(format('pgque.%I', v_log || '_generation')::regclass, 3);
  execute format('grant select on pgque.%I, pgque.%I, pgque.%I, pgque.%I, pgque.%I, pgque.%I to pgque_reader',
    v_log, v_log || '_0', v_log || '_1', v_log || '_2', v_log || '_id', v_log || '_generation');
end
$$;
