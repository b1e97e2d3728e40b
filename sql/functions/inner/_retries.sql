-- How many retries the mover has not moved yet, of each subscription that has any, and how many delayed sends of each
-- queue (subscription 0). Carried copies count once, what was cancelled not at all.
create or replace function pgque._retries(out subscription_id integer, out queue_id integer, out pending bigint)
returns setof record
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._state('m', 0);
  v_generation bigint;
begin
  lock table pgque.later in access share mode;
  v_generation := pg_sequence_last_value('pgque.later_generation');
  return query
    select l.owner, l.queue_id,
      count(distinct (l.ev_id, l.ev_retry)) filter (where l.ev_retry >= 0) - count(distinct l.ev_id) filter (where l.ev_retry < 0)
    from pgque.later l
    where l.slot in (v_generation % 3, (v_generation + 2) % 3)
      and (l.due_at > v_mover.noted_at or not pg_visible_in_snapshot(l.txid, v_mover.snapshot))
      and (l.owner = 0 or exists (select from pgque.subscription s where s.subscription_id = l.owner))
    group by l.owner, l.queue_id;
end
$$;
