-- Copies what is not moved yet from the previous slot to the current one, and retries whose batch is still open: a message
-- nacked again must find its first retry, also when another member has taken the batch over. The copies keep the transaction
-- id by which the mover tells what it has seen. The caller holds SHARE on the previous slot and the lock of the mover.
create or replace function pgque._carry_retries(current_generation bigint) returns void
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._state('m', 0);
  v_open constant bigint[] := array(
    select coalesce(c.generation, c.batch_id) from pgque._states('s') c where c.batch_id is not null);
  v_row pgque.later;
begin
  for v_row in
    select l.*
    from pgque.later l
    left join pgque.subscription s on s.subscription_id = l.owner
    join pgque.queue q on q.queue_id = l.queue_id and (l.owner = 0 or s.subscription_id is not null)
    where l.slot = (current_generation + 2) % 3
      and (l.due_at > v_mover.noted_at
        or not pg_visible_in_snapshot(l.txid, v_mover.snapshot)
        or l.batch_id = any (v_open))
      and not exists (
        select from pgque.later n
        where n.slot = current_generation % 3 and n.owner = l.owner and n.ev_id = l.ev_id and n.ev_retry = l.ev_retry)
  loop
    v_row.slot := (current_generation % 3)::integer;
    insert into pgque.later values (v_row.*);
  end loop;
end
$$;
