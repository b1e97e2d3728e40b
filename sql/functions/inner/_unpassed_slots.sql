-- The slots of a queue's event log that hold something some of its subscriptions have not passed, for each such
-- subscription, with their sizes. Index probes, as in _is_slot_passed(). Whoever looks must not hang, nor stand in the way:
-- a slot that is locked exclusively for longer than 50 ms is left out, and the locks taken here are given back at once.
create or replace function pgque._unpassed_slots(
  queue pgque.queue, states pgque.cursor[], out subject integer, out slot integer, out bytes bigint)
returns setof record
language plpgsql volatile set lock_timeout = '50ms' as $$
declare
  v_leaf text;
  v_subjects integer[];
begin
  for v_slot in 0 .. 2 loop
    v_leaf := format('pgque.%I', 'event_' || queue.log_id || '_' || v_slot);
    v_subjects := null;
    begin
      bytes := pg_total_relation_size(v_leaf::regclass);
      continue when pg_relation_size(v_leaf::regclass) = 0;
      -- Dynamic, because the slot is a table of its queue.
      execute format(
        'select array_agg(s.subject) from unnest($1) s'
        ' where exists (select from only %s e where e.ev_txid >= pg_snapshot_xmax(s.snapshot) and e.ev_owner is null)'
        ' or exists (select from only %1$s e'
        '   where e.ev_txid = any (array(select pg_snapshot_xip(s.snapshot))) and e.ev_owner is null)'
        ' or exists (select from only %1$s e'
        '   where e.ev_owner = s.subject and e.ev_txid >= pg_snapshot_xmax(s.snapshot))'
        ' or exists (select from only %1$s e'
        '   where e.ev_owner = s.subject and e.ev_txid = any (array(select pg_snapshot_xip(s.snapshot))))', v_leaf)
      into v_subjects using states;
      raise exception using errcode = 'QUTIC', message = 'rolled back', hint = 'Never seen by a caller.';
    exception when sqlstate 'QUTIC' then
      null;
    when lock_not_available then
      null;
    end;
    slot := v_slot;
    foreach subject in array coalesce(v_subjects, '{}') loop
      return next;
    end loop;
  end loop;
end
$$;
