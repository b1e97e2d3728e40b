-- health(): rotation that is due and does not come, and what holds it. Warns 10 minutes after it was due, fails after
-- an hour, or after another rotation period where that is longer. An event log is due when rotation_period has passed and
-- something was sent since it rotated; of that only ticks speak, so that a queue that wakes from a long rest is not late.
create or replace function pgque._check_rotation(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_tick_generation bigint;
  v_late record;
begin
  lock table pgque.tick in access share mode;
  v_tick_generation := pg_sequence_last_value('pgque.tick_generation');
  for v_late in
    select q as queue, m as mark, greatest(coalesce(m.noted_at, q.created_at) + q.rotation_period, f.tick_time) as due_at
    from pgque.queue q
    left join pgque._states('q') m on m.subject = q.queue_id
    cross join lateral (
      select t.tick_time from pgque.tick t
      where t.slot in (v_tick_generation % 3, (v_tick_generation + 2) % 3)
        and t.queue_id = q.queue_id and t.id_floor > coalesce(m.event_seq, 0)
      order by t.tick_id limit 1) f
    where v_now > coalesce(m.noted_at, q.created_at) + q.rotation_period + interval '10 minutes'
      and v_now > f.tick_time + interval '10 minutes'
  loop
    status := case when v_now > v_late.due_at + greatest(interval '1 hour', (v_late.queue).rotation_period) then 'fail' else 'warn' end;
    queue_name := (v_late.queue).queue_name;
    select h.detail, h.hint into detail, hint from pgque._rotation_holder(v_late.queue, v_late.mark) h;
    detail := format('the event log should have rotated at %s: ', v_late.due_at::timestamptz(0)) || detail;
    return next;
  end loop;

  queue_name := null;
  for v_late in
    select l.log, d.due_at, h.holder
    from (values (1, 'tick'), (2, 'cursor'), (3, 'later')) l (subject, log)
    cross join pgque.config c
    cross join lateral (select s.* from pgque._state('l', l.subject) s) m
    -- Without queues nobody needs to call maint().
    cross join lateral (
      select greatest(m.noted_at, min(q.created_at)) + c.log_rotation_period as due_at from pgque.queue q having count(*) > 0) d
    cross join lateral (select pg_sequence_last_value(format('pgque.%I', l.log || '_generation')::regclass) as generation) g
    -- Not emptied: the next slot could not be locked. Else, if not carried: the previous one could not.
    cross join lateral (
      select pgque._slot_holder(format('pgque.%I', l.log || '_' || (g.generation + case when m.is_emptied then 2 else 1 end) % 3)::regclass,
        not m.is_emptied) as holder) h
    where v_now > d.due_at + interval '10 minutes'
      and pg_relation_size(format('pgque.%I', l.log || '_' || g.generation % 3)::regclass) > 0
      -- Retries may have come only now, after a long rest; the other logs are written to all the time.
      and (l.log <> 'later' or h.holder is not null)
  loop
    status := case when v_now > v_late.due_at + interval '1 hour' then 'fail' else 'warn' end;
    detail := format('the %s log should have rotated at %s: ', v_late.log, v_late.due_at::timestamptz(0))
      || coalesce(v_late.holder || ' holds a lock on it', 'maint() is not called, or does not come through');
    hint := case
      when v_late.holder is null then 'Call pgque.maint() every few seconds, in a transaction of its own; pgque.start() schedules it with pg_cron.'
      else 'End that transaction. Producers and consumers should commit within minutes.'
    end;
    return next;
  end loop;
end
$$;
