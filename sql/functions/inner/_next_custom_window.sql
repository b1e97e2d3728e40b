-- The state with a window opened to the first tick that meets the conditions of next_batch_custom(), if there is one.
create or replace function pgque._next_custom_window(
  state pgque.cursor, min_lag interval, min_count integer, min_interval interval) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_tick pgque.tick;
begin
  if min_lag is null and min_count is null and min_interval is null then
    return pgque._next_window(state, 0);
  end if;
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    select t.* into v_tick
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3)
      and t.queue_id = (select s.queue_id from pgque.subscription s where s.subscription_id = state.subject)
      and t.tick_id > state.tick_id
      and (min_lag is null or t.tick_time <= clock_timestamp() - min_lag)
      and (min_count is null and min_interval is null
        or t.event_seq >= state.event_seq + min_count
        or t.tick_time >= state.tick_time + min_interval)
    order by t.tick_id limit 1;
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
  if v_tick.tick_id is null then
    return state;
  end if;
  return pgque._window_until(state, v_tick);
end
$$;
