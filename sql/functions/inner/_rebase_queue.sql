-- rebase() for one queue. Its ticks are in the order of what they see, so that an event is told by the first tick that sees
-- it: events of tick n get the n-th id, those that no tick has seen the one after, and tick n a snapshot that sees n ids.
-- A consumer whose state the dump has lost gets everything again that is still held.
create or replace function pgque._rebase_queue(queue pgque.queue, xids xid8[], snapshots pg_snapshot[], tick_slot integer)
returns void
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value(queue.generation_seq);
  v_ticks pgque.tick[] := array(select k from pgque._known_ticks(queue.queue_id) k order by k.tick_id);
  v_state pgque.cursor;
  v_first pgque.tick;
  v_subscription pgque.subscription;
begin
  -- The queue was dropped, and its log taken over, while it was dumped.
  update pgque.queue q set epoch = v_generation >> 40 where q.queue_id = queue.queue_id and q.epoch <> v_generation >> 40;
  v_ticks := pgque._rebase_events(queue, v_ticks, xids, snapshots);
  insert into pgque.tick
  select tick_slot, t.queue_id, t.tick_id, t.tick_time, t.snapshot, t.event_seq, t.id_floor, t.id_ceiling, t.owed_by
  from unnest(v_ticks) t order by t.tick_id;

  v_first := v_ticks[1];
  v_first.tick_id := v_first.tick_id - 1;
  v_first.snapshot := pgque._blank_snapshot();
  v_first.id_floor := 0;
  for v_subscription in select s.* from pgque.subscription s where s.queue_id = queue.queue_id loop
    v_state := pgque._last_state('s', v_subscription.subscription_id);
    if v_state.version is not null then
      perform pgque._append_state(pgque._rebased_state(v_state, v_ticks));
    elsif v_subscription.parent_id is null then
      raise warning 'the dump has no state of consumer "%" of queue "%"', v_subscription.consumer_name, queue.queue_name using
        hint = 'It gets again what the queue still holds.';
      v_state.kind := 's';
      v_state.subject := v_subscription.subscription_id;
      perform pgque._append_state(pgque._past_window(pgque._window_until(v_state, v_first)));
    end if;
  end loop;
  perform pgque._rebase_mark('q', queue.queue_id, v_generation);
end
$$;
