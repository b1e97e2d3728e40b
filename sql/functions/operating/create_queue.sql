-- Creates a queue with its first tick, or takes over the partition of a dropped one. Returns 1, or 0 when the queue
-- is there already. options are settings as for set_queue_config(), applied when the queue is created.
-- Raises invalid_queue_name (QU008), invalid_queue_config (QU012).
-- Locks out other sessions that create or drop queues until the transaction ends; producers are not stopped.
create or replace function pgque.create_queue(queue text, options jsonb) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_log_id integer;
  v_queue_id integer;
  v_option record;
begin
  perform pgque._require_name(queue);
  if jsonb_typeof(options) <> 'object' then
    raise exception 'options must be a JSON object' using errcode = 'QU005', hint = 'For example {"max_retries": 3}.';
  end if;
  if exists (select from pgque.queue q where q.queue_name = queue) then
    return 0;
  end if;
  perform pgque._lock_ddl();
  if exists (select from pgque.queue q where q.queue_name = queue) then
    return 0;
  end if;

  delete from pgque.retired_log r
  where r.log_id = (select min(o.log_id) from pgque.retired_log o) returning r.log_id into v_log_id;
  if found then
    -- New sequences: an old snapshot may still see the dropped queue, and must fail to append here.
    execute format('truncate pgque.%I', 'event_' || v_log_id);
    execute format('drop sequence pgque.%I, pgque.%I', 'event_' || v_log_id || '_id', 'event_' || v_log_id || '_generation');
  else
    v_log_id := nextval('pgque.log_id_seq')::integer;
    perform pgque._attach_event_log(v_log_id);
  end if;
  execute format('create sequence pgque.%I', 'event_' || v_log_id || '_id');
  execute format('create sequence pgque.%I', 'event_' || v_log_id || '_generation');
  execute format('grant select on pgque.%I, pgque.%I to pgque_reader', 'event_' || v_log_id || '_id', 'event_' || v_log_id || '_generation');
  perform setval(format('pgque.%I', 'event_' || v_log_id || '_generation')::regclass, 3);

  insert into pgque.queue (queue_name, log_id, event_seq, generation_seq)
  values (queue, v_log_id,
    format('pgque.%I', 'event_' || v_log_id || '_id')::regclass,
    format('pgque.%I', 'event_' || v_log_id || '_generation')::regclass)
  returning queue_id into v_queue_id;
  perform pgque._append_tick(v_queue_id, 1, clock_timestamp(), pgque._with_own_xid(pgque._newest_snapshot()), 0, 0, 0, '{}');

  for v_option in select o.key, o.value from jsonb_each_text(options) o loop
    perform pgque.set_queue_config(queue, v_option.key, v_option.value);
  end loop;
  return 1;
end
$$;

create or replace function pgque.create_queue(queue text) returns integer
language sql volatile as $$
  select pgque.create_queue(queue, '{}'::pg_catalog.jsonb)
$$;

comment on function pgque.create_queue(text, jsonb) is 'Create a queue with settings; 1 when created, 0 when it is there already';
comment on function pgque.create_queue(text) is 'Create a queue; 1 when created, 0 when it is there already';
grant execute on function pgque.create_queue(text, jsonb), pgque.create_queue(text) to pgque_admin;
