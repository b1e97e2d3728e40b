-- Schedules messages of an open batch for redelivery to this subscription, or puts them to the dead letters when they
-- were retried max_retries times already (NULL: as often as the queue is set to), or when `dead` says so. due_ats, reasons
-- and dead go with msg_ids; a message given twice, or given back before in this batch, counts once, and one that waits
-- for a retry already has that. After a seek() back a message comes again whose retry has been delivered: then the next
-- one gets a number that is free. Returns how many were recorded now. One pass over the batch.
-- Raises batch_not_found (QU003), message_not_found (QU004), invalid_argument (QU005). Locks the subscription.
create or replace function pgque._give_back(
  batch_id bigint, msg_ids bigint[], due_ats timestamptz[], reasons text[], max_retries integer default null, dead boolean[] default null)
returns integer
-- Hash joins only: lists of messages look short to the planner, and a loop over two long ones would be quadratic.
language plpgsql volatile set enable_nestloop = off as $$
declare
  v_state pgque.cursor := pgque._require_batch(batch_id);
  v_is_stale_snapshot constant boolean := current_setting('transaction_isolation') in ('repeatable read', 'serializable');
  v_queue constant pgque.queue := pgque._queue_of(v_state.subject);
  v_owner constant integer := pgque._owner(v_state.subject);
  v_mover pgque.cursor;
  v_generation bigint;
  v_missing bigint;
  v_nulls integer;
  v_count integer;
begin
  v_mover := pgque._state('m', 0);
  v_generation := pg_sequence_last_value('pgque.later_generation');
  if v_is_stale_snapshot then
    perform pgque._require_seen_generation(3, v_generation);
  end if;

  -- Dynamic, because the batch lies in the tables of its queue.
  execute format($query$
    with wanted as materialized (
      select distinct on (w.msg_id) w.msg_id, w.due_at, w.reason, coalesce(w.is_dead, false) as is_dead
      from unnest($1, $2, $3, $9) with ordinality w (msg_id, due_at, reason, is_dead, position) order by w.msg_id, w.position),
    event as materialized (select b.* from (%s) b where b.ev_id = any ($1)),
    given as materialized (
      select l.ev_id, max(l.ev_retry) as ev_retry,
        bool_or(l.batch_id = $5 or l.due_at > $10 or not pg_visible_in_snapshot(l.txid, $11)) as is_recorded
      from pgque.later l
      where l.slot in ($6 %% 3, ($6 + 2) %% 3) and l.owner = $4 and l.ev_id = any ($1)
      group by l.ev_id),
    dead as (
      insert into pgque.dead_letter (dl_reason, queue_id, consumer_name, subscription_id, ev_id, ev_time, ev_retry,
        ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
      select w.reason, s.queue_id, s.consumer_name, s.subscription_id, e.ev_id, e.ev_time, e.ev_retry,
        e.ev_type, e.ev_data, e.ev_extra1, e.ev_extra2, e.ev_extra3, e.ev_extra4
      from event e join wanted w on w.msg_id = e.ev_id join pgque.subscription s on s.subscription_id = $4
      where w.is_dead or coalesce(e.ev_retry, 0) >= $7
      on conflict do nothing
      returning 1),
    retry as (
      insert into pgque.later (slot, owner, ev_id, ev_retry, queue_id, batch_id, due_at, reason, ev_time,
        ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
      select $6 %% 3, $4, e.ev_id, greatest(e.ev_retry, g.ev_retry, 0) + 1, $8, $5, w.due_at, w.reason, e.ev_time,
        e.ev_type, e.ev_data, e.ev_extra1, e.ev_extra2, e.ev_extra3, e.ev_extra4
      from event e join wanted w on w.msg_id = e.ev_id left join given g on g.ev_id = e.ev_id
      where not w.is_dead and coalesce(e.ev_retry, 0) < $7 and g.is_recorded is not true
      on conflict do nothing
      returning 1)
    select (select count(*) from dead) + (select count(*) from retry),
      (select w.msg_id from wanted w where not exists (select from event e where e.ev_id = w.msg_id) limit 1),
      (select count(*) from wanted w where w.msg_id is null)
    $query$, pgque._batch_query(v_state, '*', null))
  into v_count, v_missing, v_nulls
  using msg_ids, due_ats, reasons, v_owner, coalesce(v_state.generation, batch_id), v_generation,
    coalesce(max_retries, pgque._max_retries(v_queue)), v_queue.queue_id, dead, v_mover.noted_at, v_mover.snapshot;
  if v_missing is not null or v_nulls > 0 then
    raise exception 'msg_id % not found in batch %', coalesce(v_missing::text, 'NULL'), batch_id using
      errcode = 'QU004', detail = concat_ws(', ', coalesce(v_missing::text, 'NULL'), batch_id),
      hint = 'Pass messages that receive() returned in this batch.';
  end if;

  if v_is_stale_snapshot then
    -- What another transaction gave back unseen may stand in the previous slot: meeting it raises 40001.
    perform pgque._copy_own_retries(v_owner, msg_ids, v_generation % 3, (v_generation + 2) % 3);
  end if;
  -- The log rotated meanwhile: the slot may have been carried already, so the rows go into the current one as well.
  while pg_sequence_last_value('pgque.later_generation') <> v_generation loop
    perform pgque._copy_own_retries(v_owner, msg_ids, v_generation % 3, (v_generation + 1) % 3);
    v_generation := v_generation + 1;
  end loop;
  perform pgque._ring();
  return v_count;
end
$$;
