-- Heartbeat of a member: its open batch is not taken over for another dead_interval. Returns 1, or 0 when it has no open
-- batch, or no longer: then somebody else may be working on the messages. Raises queue_not_found (QU001),
-- consumer_not_registered (QU002). Locks the member, not the group.
create or replace function pgque.touch_subconsumer(queue text, consumer text, subconsumer text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue)).queue_id;
  v_member pgque.cursor;
begin
  v_member := pgque._lock_member((
    select s.subscription_id from pgque.subscription s
    where s.queue_id = v_queue_id and s.consumer_name = consumer and s.parent_id is null), consumer, subconsumer);
  if v_member.subject is null then
    raise exception 'consumer not registered: %, %.%', queue, coalesce(consumer, 'NULL'), coalesce(subconsumer, 'NULL') using
      errcode = 'QU002', detail = concat_ws(', ', queue, coalesce(consumer, 'NULL') || '.' || coalesce(subconsumer, 'NULL')),
      hint = 'Register the member with pgque.register_subconsumer(), or check the spelling.';
  end if;
  if v_member.batch_id is null then
    return 0;
  end if;
  perform pgque._append_state(v_member);
  return 1;
end
$$;

comment on function pgque.touch_subconsumer(text, text, text) is 'Heartbeat of a member; 1 while it has an open batch, else 0';
grant execute on function pgque.touch_subconsumer(text, text, text) to pgque_reader;
