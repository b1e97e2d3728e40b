-- The batches that are open, of all queues or of one: who holds them, since when, between which ticks, and how many events
-- they have. A member of a cooperative consumer is listed as <consumer>.<member>. opened_at may be later than the batch where
-- that was opened before the last two rotations of the cursor log and its member was touched since. Counts the events of
-- each batch. Raises queue_not_found (QU001). Takes no lock that anybody waits for.
create or replace function pgque.in_flight(
  queue text default null,
  out queue_name text, out consumer_name text, out batch_id bigint, out opened_at timestamptz, out age interval,
  out prev_tick_id bigint, out tick_id bigint, out events bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_open record;
  v_state pgque.cursor;
  v_generation constant bigint := pg_sequence_last_value('pgque.cursor_generation');
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  for v_open in
    select c.subscription_id, c.queue_name, c.consumer_name, q as queue, coalesce(s.parent_id, s.subscription_id) as owner
    from pgque._consumers() c
    join pgque.subscription s on s.subscription_id = c.subscription_id
    join pgque.queue q on q.queue_id = c.queue_id
    where c.batch_id is not null and (queue is null or c.queue_name = queue)
    order by c.batch_age desc, c.batch_id
  loop
    v_state := pgque._state('s', v_open.subscription_id);
    continue when v_state.batch_id is null;
    events := pgque._count_batch(v_state, v_open.queue, v_open.owner);
    queue_name := v_open.queue_name;
    consumer_name := v_open.consumer_name;
    batch_id := v_state.batch_id;
    -- Of a member that was touched, the first row says when.
    select min(c.changed_at) into opened_at
    from pgque.cursor c where c.slot in (v_generation % 3, (v_generation + 2) % 3) and c.batch_id = v_state.batch_id;
    opened_at := coalesce(opened_at, v_state.changed_at);
    age := clock_timestamp() - opened_at;
    prev_tick_id := v_state.tick_id;
    tick_id := v_state.next_tick_id;
    return next;
  end loop;
end
$$;

comment on function pgque.in_flight(text) is 'The batches that are open, and who holds them';
grant execute on function pgque.in_flight(text) to pgque_reader;
