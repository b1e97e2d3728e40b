-- What holds the rotation of a queue's event log that is due, in words, with advice: a consumer that has not passed the slot
-- that is to be emptied, or a session, or a prepared transaction, with a lock on it, or nobody who calls maint().
create or replace function pgque._rotation_holder(queue pgque.queue, mark pgque.cursor, out detail text, out hint text)
language plpgsql volatile as $$
declare
  v_next constant integer := ((pg_sequence_last_value(queue.generation_seq) + 1) % 3)::integer;
  v_leaf constant regclass := format('pgque.%I', 'event_' || queue.log_id || '_' || v_next)::regclass;
  v_holder text;
begin
  if mark.is_emptied is not true then
    if mark.snapshot is not null then
      select format('consumer "%s" has not passed %s (%s); its position is of %s%s', s.consumer_name, v_leaf,
        pg_size_pretty(u.bytes), c.tick_time::timestamptz(0), coalesce(', its open batch ' || c.batch_id, ''))
      into detail
      from pgque.subscription s
      cross join lateral (select x.* from pgque._state('s', s.subscription_id) x) c
      cross join lateral pgque._unpassed_slots(queue, array[c::pgque.cursor]) u
      where s.queue_id = queue.queue_id and u.slot = v_next
      order by c.tick_id, s.consumer_name limit 1;
      if detail is not null then
        hint := 'Run that consumer, or end its subscription with pgque.unsubscribe(). The setting max_consumer_lag bounds how long one may hold rotation.';
        return;
      end if;
    end if;
    v_holder := pgque._slot_holder(v_leaf, mark.snapshot is not null);
    if v_holder is not null then
      detail := format('%s holds a lock on %s', v_holder, v_leaf);
      hint := 'End that transaction. Producers and consumers should commit within minutes.';
      return;
    end if;
  end if;
  detail := 'maint() is not called, or does not come through';
  hint := 'Call pgque.maint() every few seconds, in a transaction of its own; pgque.start() schedules it with pg_cron.';
end
$$;
