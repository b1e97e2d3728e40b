-- receive(), after a tick of the queue when it has events that no tick covers yet: for a consumer in the process of the ticker,
-- which saves a round trip and a commit between an event and its handler. Does not tick while another ticker is at it, and
-- rings again when it returns messages then; nor a queue that is paused or has an external ticker.
-- Raises what receive() raises, and isolation_not_supported (QU013). Locks the subscription, and maybe tickers out, until the
-- transaction ends: call it in one of its own.
create or replace function pgque.tick_and_receive(queue text, consumer text, max_return integer default 100)
returns setof pgque.message
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  -- Before the lock of a row, which needs an id.
  v_own constant xid8 := pg_current_xact_id_if_assigned();
  v_queue_id integer;
  v_is_looked_at boolean := false;
begin
  perform pgque._require_read_committed('tick_and_receive');
  -- Whoever waits for this subscription, in somebody's long transaction, must not keep tickers waiting: then it does not tick.
  select s.queue_id into v_queue_id
  from pgque.queue q join pgque.subscription s on s.queue_id = q.queue_id
  where q.queue_name = queue and s.consumer_name = consumer
  for no key update of s skip locked;
  if found and pg_try_advisory_xact_lock(7170, 3) then
    perform pgque._tick(v_queue_id, true, v_own);
    v_is_looked_at := true;
  end if;
  return query select m.* from pgque.receive(queue, consumer, max_return) m;
  -- Messages are taken for the answer to a ring. These came before it: what was rung for may be behind the other's tick.
  if found and not v_is_looked_at then
    perform pgque._ring(queue);
  end if;
end
$$;

comment on function pgque.tick_and_receive(text, text, integer) is 'Tick the queue if it has something new, and open a batch';
grant execute on function pgque.tick_and_receive(text, text, integer) to pgque_admin;
