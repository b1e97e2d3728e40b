-- Subscribes a consumer to a queue, from the newest tick on: it gets every event whose transaction begins to send after
-- this one has committed. Returns 1, or 0 when it is subscribed already. Raises queue_not_found (QU001),
-- invalid_argument (QU005).
create or replace function pgque.subscribe(queue text, consumer text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id integer;
  v_tick pgque.tick;
  v_state pgque.cursor;
begin
  if consumer is null or consumer = '' then
    raise exception 'consumer must not be %', case when consumer is null then 'null' else 'empty' end using
      errcode = 'QU005', hint = 'Pass the name under which this reader keeps its position.';
  end if;
  v_queue_id := (pgque._lock_queue(queue)).queue_id;
  insert into pgque.subscription (queue_id, consumer_name) values (v_queue_id, consumer)
  on conflict on constraint subscription_queue_id_consumer_name_key do nothing
  returning subscription_id into v_state.subject;
  if not found then
    return 0;
  end if;

  v_tick := pgque._newest_tick(v_queue_id);
  if v_tick.tick_id is null then
    raise exception 'the tick log rotated after this transaction began' using
      errcode = 'serialization_failure', hint = 'Run the transaction again.';
  end if;
  v_state.kind := 's';
  perform pgque._append_state(pgque._past_window(pgque._window_until(v_state, v_tick)));
  return 1;
end
$$;

-- The PgQ name of subscribe().
create or replace function pgque.register_consumer(queue text, consumer text) returns integer
language sql volatile as $$
  select pgque.subscribe(queue, consumer)
$$;

comment on function pgque.subscribe(text, text) is 'Subscribe a consumer from the newest tick on; 1 new, 0 already there';
comment on function pgque.register_consumer(text, text) is 'The same as subscribe()';
grant execute on function pgque.subscribe(text, text), pgque.register_consumer(text, text) to pgque_reader;
