-- Makes a member of a cooperative consumer; registers the consumer too when it is not there. Returns 1, or 0 when the
-- member is there already. A normal consumer becomes cooperative only with convert_normal, and only without an open
-- batch. Raises queue_not_found (QU001), invalid_argument (QU005), consumer_is_normal (QU018), batch_open (QU019), and
-- serialization_failure (40001) when another session holds the group for long. Locks the group.
create or replace function pgque.register_subconsumer(
  queue text, consumer text, subconsumer text, convert_normal boolean default false) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._lock_queue(queue)).queue_id;
  v_is_new boolean;
  v_group_id integer;
begin
  perform pgque._require_member_name(consumer, subconsumer);
  v_is_new := pgque.subscribe(queue, consumer) = 1;
  v_group_id := pgque._require_group(v_queue_id, queue, consumer);
  if exists (
    select from pgque.subscription m where m.parent_id = v_group_id and m.consumer_name = consumer || '.' || subconsumer) then
    return 0;
  end if;
  if not v_is_new and not exists (select from pgque.subscription m where m.parent_id = v_group_id) then
    if not coalesce(convert_normal, false) then
      raise exception 'consumer is not cooperative: %, %', queue, consumer using
        errcode = 'QU018', detail = concat_ws(', ', queue, consumer),
        hint = 'Convert it with pgque.register_subconsumer(queue, consumer, subconsumer, convert_normal => true).';
    end if;
    if (pgque._state('s', v_group_id)).batch_id is not null then
      raise exception 'a batch is open: %, %', queue, consumer using
        errcode = 'QU019', detail = concat_ws(', ', queue, consumer), hint = 'Acknowledge it before the consumer is converted.';
    end if;
  end if;
  insert into pgque.subscription (queue_id, consumer_name, parent_id)
  values (v_queue_id, consumer || '.' || subconsumer, v_group_id)
  on conflict on constraint subscription_queue_id_consumer_name_key do nothing;
  if not found then
    raise exception 'a normal consumer has the name of the member: %, %', queue, consumer || '.' || subconsumer using
      errcode = 'QU018', detail = concat_ws(', ', queue, consumer || '.' || subconsumer), hint = 'Choose another name for the member.';
  end if;
  return 1;
end
$$;

create or replace function pgque.subscribe_subconsumer(
  queue text, consumer text, subconsumer text, convert_normal boolean default false) returns integer
language sql volatile as $$
  select pgque.register_subconsumer(queue, consumer, subconsumer, convert_normal)
$$;

comment on function pgque.register_subconsumer(text, text, text, boolean) is 'Make a member of a cooperative consumer; 1 new, 0 already there';
comment on function pgque.subscribe_subconsumer(text, text, text, boolean) is 'The same as register_subconsumer()';
grant execute on function
  pgque.register_subconsumer(text, text, text, boolean), pgque.subscribe_subconsumer(text, text, text, boolean) to pgque_reader;
