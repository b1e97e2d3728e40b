-- Cancels a delayed send. True when the message will not be delivered because of this call; false when it has been moved
-- to its queue already, was cancelled before, or is unknown. Nothing is deleted: a row is appended that the mover meets
-- together with the message. Raises isolation_not_supported (QU013). Until the transaction ends, no retry and no delayed
-- send is moved.
create or replace function pgque.cancel(id bigint) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_mover pgque.cursor;
  v_generation bigint;
  v_row pgque.later;
begin
  perform pgque._require_read_committed('cancel');
  perform pgque._lock_mover();
  v_mover := pgque._state('m', 0);
  v_generation := pg_sequence_last_value('pgque.later_generation');
  -- The row that cancels, if there is one, comes first.
  select l.* into v_row
  from pgque.later l
  where l.slot in (v_generation % 3, (v_generation + 2) % 3) and l.owner = 0 and l.ev_id = id
    and (l.due_at > v_mover.noted_at or not pg_visible_in_snapshot(l.txid, v_mover.snapshot))
  order by l.ev_retry limit 1;
  if v_row.ev_retry is distinct from 0 then
    return false;
  end if;
  v_row.ev_retry := -1;
  v_row.ev_data := null;
  perform pgque._append_delayed(v_row);
  return true;
end
$$;

comment on function pgque.cancel(bigint) is 'Cancel a delayed send; true when it will not be delivered';
grant execute on function pgque.cancel(bigint) to pgque_writer;
