-- Drops a queue with its events, retries and dead letters; with force its subscriptions as well. Returns 1.
-- Raises queue_not_found (QU001), consumers_attached (QU006). Waits for open transactions that touched this queue; no
-- other queue is stopped: the partition stays attached, empty, for the next create_queue().
create or replace function pgque.drop_queue(queue text, force boolean default false) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue pgque.queue;
begin
  perform pgque._lock_ddl();
  v_queue := pgque._find_queue(queue);
  -- In the order in which consumers lock: subscriptions, the queue, its tables. Subscriptions that were made
  -- while this waited for the queue are locked after it; nobody else holds them.
  perform from pgque.subscription s where s.queue_id = v_queue.queue_id order by s.subscription_id for update;
  perform from pgque.queue q where q.queue_id = v_queue.queue_id for update;
  perform from pgque.subscription s where s.queue_id = v_queue.queue_id order by s.subscription_id for update;
  if not coalesce(force, false) and exists (select from pgque.subscription s where s.queue_id = v_queue.queue_id) then
    raise exception 'cannot drop queue, consumers still attached: %', queue using
      errcode = 'QU006', detail = queue, hint = 'Unsubscribe them, or call pgque.drop_queue(queue, force => true).';
  end if;

  execute format('truncate pgque.%I', 'event_' || v_queue.log_id);
  -- A producer that waits behind the truncate would append to a log without a queue: three generations on it fails.
  perform setval(v_queue.generation_seq, pg_sequence_last_value(v_queue.generation_seq) + 3);
  delete from pgque.dead_letter d where d.queue_id = v_queue.queue_id;
  delete from pgque.subscription s where s.queue_id = v_queue.queue_id;
  delete from pgque.queue q where q.queue_id = v_queue.queue_id;
  insert into pgque.retired_log values (v_queue.log_id);
  return 1;
end
$$;

comment on function pgque.drop_queue(text, boolean) is 'Drop a queue; with force its subscriptions as well';
grant execute on function pgque.drop_queue(text, boolean) to pgque_admin;
