-- Creates a queue with its first tick, or takes over the partition of a dropped one. Returns 1, or 0 when the queue
-- is there already. options are settings as for set_queue_config(), applied when the queue is created.
-- Raises invalid_queue_name (QU008), invalid_queue_config (QU012).
-- Locks out other sessions that create or drop queues until the transaction ends; producers are not stopped.
create or replace function pgque.create_queue(queue text, options jsonb) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_log_id integer;
  v_queue pgque.queue;
  v_floor bigint;
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

  v_log_id := pgque._reuse_event_log();
  if v_log_id is null then
    v_log_id := nextval('pgque.log_id_seq')::integer;
    perform pgque._attach_event_log(v_log_id);
  end if;
  insert into pgque.queue (queue_name, log_id, event_seq, generation_seq, epoch)
  select queue, v_log_id, s.event_seq, s.generation_seq, pg_sequence_last_value(s.generation_seq) >> 40
  from (
    select format('pgque.%I', 'event_' || v_log_id || '_id')::regclass,
      format('pgque.%I', 'event_' || v_log_id || '_generation')::regclass) s (event_seq, generation_seq)
  on conflict (queue_name) do nothing  -- in REPEATABLE READ it may be there unseen, which raises 40001
  returning * into v_queue;
  v_floor := coalesce(pg_sequence_last_value(v_queue.event_seq), 0);
  perform pgque._append_tick(v_queue.queue_id, 1, clock_timestamp(), pgque._with_own_xid(pgque._newest_snapshot()),
    v_floor, v_floor, v_floor, '{}');

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
