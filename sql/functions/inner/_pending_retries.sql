-- How many retries of a subscription the mover has not moved yet.
create or replace function pgque._pending_retries(subscription_id integer) returns bigint
language sql volatile as $$
  select count(distinct (l.ev_id, l.ev_retry))
  from pgque._state('m', 0) m, pgque.later l
  where l.owner = _pending_retries.subscription_id
    and (l.due_at > m.noted_at or not pg_visible_in_snapshot(l.txid, m.snapshot))
$$;
