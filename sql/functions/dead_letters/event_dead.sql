-- Puts one message of an open batch to the dead letters, whatever its retries. Returns 1, or 0 when it is there already.
-- Raises batch_not_found (QU003), message_not_found (QU004). Locks the subscription.
create or replace function pgque.event_dead(batch_id bigint, event_id bigint, reason text default null) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._give_back(batch_id, array[event_id], null, array[reason], 0);
end
$$;

comment on function pgque.event_dead(bigint, bigint, text) is 'Put one message of a batch to the dead letters';
grant execute on function pgque.event_dead(bigint, bigint, text) to pgque_admin;
