-- Retries and delayed sends that the mover has not moved yet, and rows that cancel some: the max_rows that are due first, and
-- at most as many that were due when it moved last and committed since. A carried copy may come with its original.
create or replace function pgque._unmoved(
  max_rows bigint,
  out queue_id integer, out owner integer, out ev_id bigint, out ev_retry integer, out due_at timestamptz, out txid xid8)
returns setof record
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._state('m', 0);
  v_slots text;
begin
  lock table pgque.later in access share mode;
  v_slots := pgque._later_slots(pg_sequence_last_value('pgque.later_generation'));
  return query execute format($query$
    (select l.queue_id, l.owner, l.ev_id, l.ev_retry, l.due_at, l.txid from %1$s l
     where l.due_at > $1 order by l.due_at limit $4)
    union all
    (select l.queue_id, l.owner, l.ev_id, l.ev_retry, l.due_at, l.txid from %1$s l
     where (l.due_at <= $1) is true and l.txid >= $2 limit $4)
    union all
    (select l.queue_id, l.owner, l.ev_id, l.ev_retry, l.due_at, l.txid from %1$s l
     where (l.due_at <= $1) is true and l.txid = any ($3) limit $4)$query$, v_slots)
  using v_mover.noted_at, pg_snapshot_xmax(v_mover.snapshot), array(select pg_snapshot_xip(v_mover.snapshot)), max_rows;
end
$$;
