-- subscribe() from the newest tick on, or from a position, or from a tick.
create or replace function pgque._subscribe(queue text, consumer text, start_at text, tick_id bigint) returns integer
language plpgsql volatile as $$
declare
  v_queue pgque.queue;
  v_tick pgque.tick;
  v_state pgque.cursor;
begin
  if consumer is null or consumer = '' then
    raise exception 'consumer must not be %', case when consumer is null then 'null' else 'empty' end using
      errcode = 'QU005', hint = 'Pass the name under which this reader keeps its position.';
  end if;
  if start_at is not null or tick_id is not null then
    perform pgque._require_read_committed('subscribe');
    perform pgque._lock_positions();
  end if;
  v_queue := pgque._lock_queue(queue);
  insert into pgque.subscription (queue_id, consumer_name) values (v_queue.queue_id, consumer)
  on conflict on constraint subscription_queue_id_consumer_name_key do nothing
  returning subscription_id into v_state.subject;
  if not found then
    return 0;
  end if;

  if start_at is null and tick_id is null then
    v_tick := pgque._newest_tick(v_queue.queue_id);
  else
    v_tick := pgque._position(v_queue, start_at, tick_id, null);
  end if;
  if v_tick.tick_id is null then
    raise exception 'the tick log rotated after this transaction began' using
      errcode = 'serialization_failure', hint = 'Run the transaction again.';
  end if;
  v_state.kind := 's';
  perform pgque._append_state(pgque._past_window(pgque._window_until(v_state, v_tick)));
  return 1;
end
$$;
