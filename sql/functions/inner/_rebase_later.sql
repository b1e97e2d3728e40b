-- rebase() for retries and delayed sends: to the mover the first id is one that it has seen, the second one that it has not.
-- What it has moved stays moved, and what it has not is moved once.
create or replace function pgque._rebase_later(xids xid8[], snapshots pg_snapshot[]) returns void
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.later_generation');
  v_mover pgque.cursor := pgque._last_state('m', 0);
  v_slot integer;
begin
  v_mover.kind := 'm';
  v_mover.subject := 0;
  v_mover.noted_at := coalesce(v_mover.noted_at, '-infinity');
  v_mover.snapshot := coalesce(v_mover.snapshot, pgque._blank_snapshot());
  -- It could be taken for a retry of the same name that is not moved yet.
  delete from pgque.later l
  where l.slot = (v_generation + 1) % 3 and l.due_at <= v_mover.noted_at and pg_visible_in_snapshot(l.txid, v_mover.snapshot);
  v_slot := pgque._make_room('later', v_generation, false);
  for v_from in 0 .. 2 loop
    perform pgque._move_slot('later', v_from, v_slot, jsonb_build_object('txid',
      format('(%L::xid8[])[case when pg_visible_in_snapshot(txid, %L) then 1 else 2 end]', xids[1 : 2], v_mover.snapshot)));
  end loop;
  v_mover.snapshot := snapshots[1];
  perform pgque._append_state(v_mover);
end
$$;
