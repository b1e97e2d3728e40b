-- Appends the retries that stand in a window, or what is left of it, to the event log once more: they come after it. Those
-- that were given back already are left out: they come anyway. The subject of the window is the subscription that they
-- belong to. The caller has rotation to itself.
create or replace function pgque._keep_retries(queue pgque.queue, state pgque.cursor) returns void
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.later_generation');
  v_kept bigint;
begin
  -- Dynamic, because the events lie in the tables of their queue.
  execute format($query$
    with kept as (
      insert into pgque.event (log_id, slot, ev_id, ev_time, ev_owner, ev_retry,
        ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
      select $1, pg_sequence_last_value($2) %% 3, e.ev_id, e.ev_time, e.ev_owner, e.ev_retry,
        e.ev_type, e.ev_data, e.ev_extra1, e.ev_extra2, e.ev_extra3, e.ev_extra4
      from pgque.%I e
      where e.ev_owner = $3 and e.ev_id > $4 and e.ev_id <= $5
        and pg_visible_in_snapshot(e.ev_txid, $7) and not pg_visible_in_snapshot(e.ev_txid, $6)
        and not exists (
          select from pgque.later l
          where l.slot in ($8 %% 3, ($8 + 2) %% 3) and l.owner = $3 and l.ev_id = e.ev_id and l.ev_retry = e.ev_retry + 1)
        and not exists (
          select from pgque.dead_letter d
          where d.subscription_id = $3 and d.ev_id = e.ev_id and d.ev_retry = e.ev_retry)
      returning 1)
    select count(*) from kept$query$, 'event_' || queue.log_id)
  into v_kept
  using queue.log_id, queue.generation_seq, state.subject, coalesce(state.page_after, 0), coalesce(state.page_until, 9223372036854775807),
    state.snapshot, state.next_snapshot, v_generation;
  if v_kept > 0 then
    -- So that the ticker sees that there is something to tick.
    perform nextval(queue.event_seq);
  end if;
end
$$;
