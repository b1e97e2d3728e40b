-- Copies retries that this transaction appended from one slot of pgque.later to another. Copies are the same retries: same
-- identity, same due time, same transaction, so that the mover takes them for one.
create or replace function pgque._copy_own_retries(subscription_id integer, msg_ids bigint[], from_slot bigint, to_slot bigint)
returns void
language plpgsql volatile as $$
declare
  v_retry pgque.later;
begin
  for v_retry in
    select l.* from pgque.later l
    where l.slot = from_slot and l.owner = subscription_id and l.ev_id = any (msg_ids) and l.txid = pg_current_xact_id()
  loop
    v_retry.slot := to_slot::integer;
    insert into pgque.later values (v_retry.*) on conflict do nothing;
  end loop;
end
$$;
