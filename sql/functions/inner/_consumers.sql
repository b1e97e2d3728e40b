-- Where the consumers of all queues stand against the newest ticks, in one pass that counts no events.
--   lag                      age of the position while there is something between it and the newest tick, else zero
--   last_seen                since it last moved, opened a batch, or was touched; NULL: never
--   batch_age                since the batch was opened, or its member was touched
--   pending_events_estimate  steps of the event sequence between what is acknowledged and the newest tick: gaps count,
--                            retries and events of transactions that were open at the position count little or not at all
-- A member of a cooperative consumer has only what it holds; that is behind the consumer. At rest it has nothing.
create or replace function pgque._consumers(
  out subscription_id integer, out queue_id integer, out queue_name text, out consumer_name text, out is_member boolean,
  out lag interval, out last_seen interval, out last_tick_id bigint,
  out batch_id bigint, out batch_age interval, out pending_events_estimate bigint)
returns setof record
language plpgsql volatile as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  return query
    select s.subscription_id, q.queue_id, q.queue_name, s.consumer_name, s.parent_id is not null,
      case when s.parent_id is null and t.event_seq > c.event_seq or c.batch_id is not null then greatest(v_now - c.tick_time, '0') else '0' end,
      case when c.changed_at is not null then greatest(v_now - c.changed_at, '0') end, c.tick_id,
      c.batch_id, case when c.batch_id is not null then greatest(v_now - c.changed_at, '0') end,
      greatest(case when s.parent_id is null then t.event_seq else least(c.next_event_seq, c.page_until) end
        - least(greatest(c.event_seq, c.page_after), c.next_event_seq), 0)
    from pgque.queue q
    left join pgque._newest_ticks() t on t.queue_id = q.queue_id
    join pgque.subscription s on s.queue_id = q.queue_id
    left join pgque._states('s') c on c.subject = s.subscription_id;
end
$$;
