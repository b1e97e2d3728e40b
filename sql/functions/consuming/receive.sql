-- Opens a batch of at most max_return messages for this consumer and returns them in the order of their ids; while a
-- batch is open, returns that one again. Passes over windows without events: no rows means that nothing is left up
-- to the newest tick. Of a window with more events the next call after ack() returns the next page.
-- Raises queue_not_found (QU001), consumer_not_registered (QU002), invalid_argument (QU005), state_missing (QU016).
-- Locks the subscription until the transaction ends.
create or replace function pgque.receive(queue text, consumer text, max_return integer default 100)
returns setof pgque.message
language plpgsql volatile security definer
-- The result is kept in memory up to work_mem before it is handed on; a large batch would go through a file.
set search_path = pg_catalog, pg_temp set work_mem = '64MB' as $$
declare
  v_columns constant text := 'ev_id, $1, ev_type, ev_data, ev_retry, ev_time, ev_extra1, ev_extra2, ev_extra3, ev_extra4';
  v_state pgque.cursor;
  v_batch_id bigint;
  v_count bigint;
  v_wanted bigint := max_return::bigint;
  v_is_moved boolean := false;
begin
  if max_return is null or max_return < 1 then
    raise exception 'max_return must be >= 1' using errcode = 'QU005', hint = 'Pass the number of messages that you can handle at once.';
  end if;
  v_state := pgque._lock_subscription(queue, consumer);
  if v_state.batch_id is not null then
    return query execute pgque._batch_query(v_state, v_columns, null) using v_state.batch_id;
    return;
  end if;

  loop
    if v_state.next_tick_id is null then
      v_state := pgque._next_window(v_state, v_wanted);
      exit when v_state.next_tick_id is null;
    end if;
    v_batch_id := coalesce(v_batch_id, nextval('pgque.batch_id_seq'));
    return query execute pgque._batch_query(v_state, v_columns, max_return) using v_batch_id;
    get diagnostics v_count = row_count;
    if v_count > 0 then
      if v_count = max_return then
        execute pgque._batch_query(v_state, 'ev_id', max_return) || ' offset ' || max_return - 1 into v_state.page_until;
      end if;
      v_state.batch_id := v_batch_id;
      perform pgque._append_state(v_state);
      return;
    end if;
    v_state := pgque._past_window(v_state);
    v_is_moved := true;
    -- Empty, as after ids that were drawn in vain: a longer one.
    v_wanted := least(v_wanted * 2, 1000000000);
  end loop;

  if v_is_moved then
    perform pgque._append_state(v_state);
  end if;
end
$$;

comment on function pgque.receive(text, text, integer) is 'Open a batch of at most max_return messages, or return the open one again';
grant execute on function pgque.receive(text, text, integer) to pgque_reader;
