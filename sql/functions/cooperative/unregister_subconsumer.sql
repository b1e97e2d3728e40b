-- Removes a member. Returns 1, or 0 when there is none. With an open batch: raises batch_open (QU019), or with
-- batch_handling 1 gives all its messages back first, to be retried at once or put to the dead letters. The last member to
-- leave turns the consumer normal again. Raises queue_not_found (QU001), consumer_not_registered (QU002),
-- invalid_argument (QU005), and serialization_failure (40001) when another session holds the group for long.
-- Locks the group, then the member.
create or replace function pgque.unregister_subconsumer(
  queue text, consumer text, subconsumer text, batch_handling integer default 0) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_group_id constant integer := pgque._require_group((pgque._find_queue(queue)).queue_id, queue, consumer);
  v_member constant pgque.cursor := pgque._lock_member(v_group_id, consumer, subconsumer);
  v_msg_ids bigint[];
begin
  if batch_handling is null or batch_handling not in (0, 1) then
    raise exception 'batch_handling must be 0 or 1' using
      errcode = 'QU005', hint = '0 refuses while a batch is open, 1 gives its messages back.';
  end if;
  if v_member.subject is null then
    return 0;
  end if;
  if v_member.batch_id is not null then
    if batch_handling = 0 then
      raise exception 'a batch is open: %, %.%', queue, consumer, subconsumer using
        errcode = 'QU019', detail = concat_ws(', ', queue, consumer || '.' || subconsumer),
        hint = 'Acknowledge it, or call pgque.unregister_subconsumer(queue, consumer, subconsumer, batch_handling => 1).';
    end if;
    execute 'select array_agg(ev_id) from (' || pgque._batch_query(v_member, 'ev_id', null) || ') b' into v_msg_ids;
    perform pgque._give_back(v_member.batch_id, coalesce(v_msg_ids, '{}'),
      array_fill(clock_timestamp(), array[coalesce(cardinality(v_msg_ids), 0)]),
      array_fill('the member was unregistered'::text, array[coalesce(cardinality(v_msg_ids), 0)]));
  end if;
  delete from pgque.subscription s where s.subscription_id = v_member.subject;
  return 1;
end
$$;

create or replace function pgque.unsubscribe_subconsumer(
  queue text, consumer text, subconsumer text, batch_handling integer default 0) returns integer
language sql volatile as $$
  select pgque.unregister_subconsumer(queue, consumer, subconsumer, batch_handling)
$$;

comment on function pgque.unregister_subconsumer(text, text, text, integer) is 'Remove a member; 1 removed, 0 there was none';
comment on function pgque.unsubscribe_subconsumer(text, text, text, integer) is 'The same as unregister_subconsumer()';
grant execute on function
  pgque.unregister_subconsumer(text, text, text, integer), pgque.unsubscribe_subconsumer(text, text, text, integer) to pgque_reader;
