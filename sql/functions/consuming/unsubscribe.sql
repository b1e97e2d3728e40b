-- Ends a subscription with its position and open batch. Returns 1, or 0 when there is none.
-- Raises queue_not_found (QU001), consumer_is_cooperative (QU017), and retries_pending (QU011) when messages that it nacked wait for redelivery, unless
-- discard_retries. Waits for a session that is receiving or acknowledging.
create or replace function pgque.unsubscribe(queue text, consumer text, discard_retries boolean default false) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue)).queue_id;
  v_subscription_id integer;
  v_pending bigint;
begin
  select s.subscription_id into v_subscription_id
  from pgque.subscription s
  where s.queue_id = v_queue_id and s.consumer_name = consumer and s.parent_id is null
  for update;
  if not found then
    return 0;
  end if;
  if exists (select from pgque.subscription m where m.parent_id = v_subscription_id) then
    raise exception 'consumer is cooperative: %, %', queue, consumer using
      errcode = 'QU017', detail = concat_ws(', ', queue, consumer),
      hint = 'Unregister its members first with pgque.unregister_subconsumer().';
  end if;
  if not coalesce(discard_retries, false) then
    v_pending := pgque._pending_retries(v_subscription_id);
    if v_pending > 0 then
      raise exception 'retries are pending: %, %', queue, consumer using errcode = 'QU011',
        detail = format('%s messages wait for redelivery', v_pending),
        hint = 'Let them be delivered, or call pgque.unsubscribe(queue, consumer, discard_retries => true).';
    end if;
  end if;
  delete from pgque.subscription s where s.subscription_id = v_subscription_id;
  return 1;
end
$$;

-- The PgQ name of unsubscribe().
create or replace function pgque.unregister_consumer(queue text, consumer text) returns integer
language sql volatile as $$
  select pgque.unsubscribe(queue, consumer)
$$;

comment on function pgque.unsubscribe(text, text, boolean) is 'End a subscription; 1 ended, 0 there was none';
comment on function pgque.unregister_consumer(text, text) is 'The same as unsubscribe()';
grant execute on function pgque.unsubscribe(text, text, boolean), pgque.unregister_consumer(text, text) to pgque_reader;
