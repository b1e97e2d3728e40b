-- Moves a subscription that has fallen behind to a later tick, or takes the batch of a member from it, and records the gap
-- when there are events in it.
-- An open batch is stale afterwards. Retries in the gap are kept, unless they were given back already in that batch.
-- The caller holds the subscription, and has rotation to itself.
create or replace function pgque._move_on(
  queue pgque.queue, subscription pgque.subscription, state pgque.cursor, tick pgque.tick) returns void
language plpgsql volatile as $$
declare
  v_counted constant bigint := 100000::bigint;
  v_gap pgque.gap;
  v_part pgque.cursor := state;
  v_moved pgque.cursor := pgque._past_window(pgque._window_until(state, tick));
  v_parts pgque.cursor[];
  v_count bigint;
begin
  v_gap.queue_id := queue.queue_id;
  v_gap.subscription_id := coalesce(subscription.parent_id, subscription.subscription_id);
  v_gap.consumer_name := subscription.consumer_name;
  v_gap.moved_at := clock_timestamp();
  v_gap.tick_id := state.tick_id;
  v_gap.tick_time := state.tick_time;
  if subscription.parent_id is not null then
    v_gap.next_tick_id := state.next_tick_id;
    v_gap.next_tick_time := state.next_tick_time;
    v_gap.events := least(state.next_event_seq, state.page_until) - greatest(state.event_seq, state.page_after);
    v_parts := array[state];
    perform pgque._append_state(pgque._past_window(pgque._past_window(state)));
  else
    v_gap.next_tick_id := tick.tick_id;
    v_gap.next_tick_time := tick.tick_time;
    v_gap.events := tick.event_seq - greatest(state.event_seq, state.page_after);
    if state.next_tick_id < tick.tick_id then
      -- Its pages are behind it in its own window only.
      v_part.page_until := null;
      v_parts := array[v_part, pgque._window_until(pgque._past_window(state), tick)];
    else
      v_part := pgque._window_until(state, tick);
      v_part.page_after := state.page_after;
      v_parts := array[v_part];
    end if;
    if state.next_tick_id > tick.tick_id then
      -- Of what lies beyond, pages may be acknowledged: the window goes on from the tick.
      v_moved := pgque._window_until(v_moved, row(0, queue.queue_id, state.next_tick_id, state.next_tick_time, state.next_snapshot,
        state.next_event_seq, state.next_id_floor, state.next_id_ceiling, '{}')::pgque.tick);
      v_moved.page_after := state.page_after;
    end if;
    perform pgque._append_state(v_moved);
  end if;

  v_count := 0::bigint;
  foreach v_part in array v_parts loop
    v_part.subject := v_gap.subscription_id;
    -- Dynamic, because the events lie in the tables of their queue.
    execute 'select $1 + count(*) from (' || pgque._batch_query(v_part, 'ev_owner', v_counted, queue) || ') e where ev_owner is null'
    into v_count using v_count;
    perform pgque._keep_retries(queue, v_part);
  end loop;
  if v_count > 0 then
    v_gap.events := case when v_count < v_counted then v_count else greatest(v_count, v_gap.events) end;
    delete from pgque.gap g where g.moved_at < clock_timestamp() - interval '7 days';
    insert into pgque.gap values (v_gap.*);
  end if;
end
$$;
