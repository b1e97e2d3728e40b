-- Moves the retries and delayed sends that are due into the event logs, each exactly once, the earliest 10,000 at a time; returns how many.
-- The next tick delivers them. Call it every few seconds, and again while it does not return 0.
-- Raises isolation_not_supported (QU013), rebase_needed (QU023), and serialization_failure (40001) when an event log rotated twice meanwhile.
-- Rows are not marked as moved: the snapshot S and the time T of the last move say what is left. To move are those
-- that became due after T, and those due by T that S did not see.
create or replace function pgque.maint_retry_events() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_mover pgque.cursor;
  v_later text;
  v_open xid8[];
  v_is_due boolean;
  v_generations jsonb;
  v_now timestamptz;
  v_count integer;
  -- What this very transaction nacked is for the next move: the snapshot of this one lists it as open.
  v_own constant xid8 := pg_current_xact_id_if_assigned();
begin
  perform pgque._require_read_committed('maint_retry_events');
  perform pgque._lock_mover();
  v_mover := pgque._state('m', 0);
  v_now := greatest(v_mover.noted_at, clock_timestamp());
  -- Fixed while the lock of the mover is held, which rotation of this log takes as well. What looks there is dynamic for
  -- the reason that _later_slots() gives.
  v_later := pgque._later_slots(pg_sequence_last_value('pgque.later_generation'));
  v_open := array(select pg_snapshot_xip(v_mover.snapshot));
  execute format('select exists (select from %1$s l where l.due_at > $1 and l.due_at <= $2)'
    ' or exists (select from %1$s l where l.txid >= $3) or exists (select from %1$s l where l.txid = any ($4))', v_later)
  into v_is_due using v_mover.noted_at, v_now, pg_snapshot_xmax(v_mover.snapshot), v_open;
  if not v_is_due then
    return 0;
  end if;
  perform pgque._require_own_xid(l.txid)
  from pgque.later l where l.txid is distinct from v_own order by l.txid desc limit 1;
  -- A long list goes in portions, each a short transaction: up to the due time of the ten-thousandth row.
  execute format($query$
    select least($2, (
      select d.due_at from (select l.due_at from %s l where l.due_at > $1 and l.due_at <= $2 order by l.due_at limit 10000) d
      order by d.due_at offset 9999 limit 1))$query$, v_later)
  into v_now using v_mover.noted_at, v_now;
  perform pg_current_xact_id();
  -- Read before appending, as insert_event() does.
  select jsonb_object_agg(q.queue_id, pg_sequence_last_value(q.generation_seq)) into v_generations from pgque.queue q;

  execute format($query$
  with due as materialized (
    select l.* from %1$s l where l.due_at > $1 and l.due_at <= $2 and l.txid is distinct from $5
    union all
    select l.* from %1$s l where (l.due_at <= $1) is true and l.txid >= $3 and l.txid is distinct from $5
    union all
    select l.* from %1$s l where (l.due_at <= $1) is true and l.txid = any ($4) and l.txid is distinct from $5),
  item as (
    select distinct on (d.owner, d.ev_id, d.ev_retry) d.* from due d),
  moved as (
    insert into pgque.event (log_id, slot, ev_id, ev_time, ev_owner, ev_retry,
      ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    select t.log_id, ($6 ->> t.queue_id::text)::bigint %% 3,
      -- A retry keeps its id; a delayed send is a new event, whose id comes after the transaction's: see insert_event().
      case when t.owner = 0 then nextval(t.event_seq) else t.ev_id end,
      t.ev_time, nullif(t.owner, 0), nullif(t.ev_retry, 0),
      t.ev_type, t.ev_data, t.ev_extra1, t.ev_extra2, t.ev_extra3, t.ev_extra4
    from (
      select q.log_id, q.event_seq, i.*
      from item i
      join pgque.queue q on q.queue_id = i.queue_id
      left join pgque.subscription s on s.subscription_id = i.owner
      where s.subscription_id is not null
        or i.owner = 0 and i.ev_retry = 0 and not exists (
          select from item c where c.owner = 0 and c.ev_id = i.ev_id and c.ev_retry = -1)
      order by i.due_at, i.ev_id) t
    returning log_id)
  select sum(m.moved)::integer, pgque._with_own_xid(pg_current_snapshot())
  from (select log_id, count(*) as moved from moved group by log_id) m
  -- Moves the sequences of these queues alone, so that the ticker sees that there is something to tick.
  cross join lateral (select nextval(q.event_seq) from pgque.queue q where q.log_id = m.log_id) n$query$, v_later)
  into v_count, v_mover.snapshot
  using v_mover.noted_at, v_now, pg_snapshot_xmax(v_mover.snapshot), v_open, v_own, v_generations;

  v_mover.noted_at := v_now;
  perform pgque._append_state(v_mover);
  if exists (
    select from pgque.queue q
    where pg_sequence_last_value(q.generation_seq) > (v_generations ->> q.queue_id::text)::bigint + 1) then
    perform pgque._rotated_away();
  end if;
  return coalesce(v_count, 0);
end
$$;

-- The same: delayed sends and retries share the mover.
create or replace function pgque.maint_deliver_delayed() returns integer
language sql volatile as $$
  select pgque.maint_retry_events()
$$;

comment on function pgque.maint_retry_events() is 'Move the retries and delayed sends that are due into the event logs; returns how many';
comment on function pgque.maint_deliver_delayed() is 'The same as maint_retry_events()';
grant execute on function pgque.maint_retry_events(), pgque.maint_deliver_delayed() to pgque_admin;
