-- health(): the ticker, from what it has left undone. For certain a queue is due after ticker_idle_period: 10 seconds later
-- it is a warning, a minute later a failure. When its events wait, it is due since ticker_max_lag had passed and the first
-- of them was sent, which is asked for, and a failure after a minute. External tickers have no schedule: events that have
-- waited for ten minutes are a warning.
create or replace function pgque._check_ticker(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_queue record;
  v_due_at timestamptz;
  v_grace interval;
  v_worst timestamptz;
  v_late integer := 0;
  v_holder text;
  v_state pgque.cursor;
begin
  for v_queue in
    select q as queue, t as tick
    from pgque.queue q join pgque._newest_ticks() t on t.queue_id = q.queue_id
    where not q.ticker_paused
      and (not q.external_ticker and v_now > t.tick_time + q.ticker_idle_period + interval '10 seconds'
        or v_now > t.tick_time + case when q.external_ticker then interval '10 minutes' else q.ticker_max_lag + interval '1 minute' end
          and pg_sequence_last_value(q.event_seq) > t.id_floor)
  loop
    v_due_at := case when not (v_queue.queue).external_ticker then (v_queue.tick).tick_time + (v_queue.queue).ticker_idle_period end;
    v_grace := interval '10 seconds';
    if v_due_at is null or v_due_at > v_now then
      v_state.subject := -1;
      v_state.snapshot := (v_queue.tick).snapshot;
      v_state.id_floor := (v_queue.tick).id_floor;
      v_state.next_snapshot := pgque._newest_snapshot();
      v_state.next_id_ceiling := pg_sequence_last_value((v_queue.queue).event_seq);
      -- Dynamic, because the events lie in the tables of their queue.
      execute pgque._batch_query(v_state, 'ev_time', 1, v_queue.queue) into v_due_at;
      v_due_at := case when v_due_at is not null then greatest(v_due_at, (v_queue.tick).tick_time + (v_queue.queue).ticker_max_lag) end;
      v_grace := case when (v_queue.queue).external_ticker then interval '10 minutes' else interval '1 minute' end;
    end if;
    continue when v_due_at is null or v_now < v_due_at + v_grace;
    if (v_queue.queue).external_ticker then
      status := 'warn';
      queue_name := (v_queue.queue).queue_name;
      detail := format('events wait, and the newest tick of the external ticker is of %s', (v_queue.tick).tick_time::timestamptz(0));
      hint := 'Look after the external ticker, or set external_ticker to false.';
      return next;
      continue;
    end if;
    v_late := v_late + 1;
    if v_worst is null or v_due_at < v_worst then
      v_worst := v_due_at;
      queue_name := (v_queue.queue).queue_name;
    end if;
  end loop;
  if v_late = 0 then
    return;
  end if;
  v_holder := (
    select pgque._describe_session(l.pid, l.virtualtransaction) from pg_locks l
    where l.locktype = 'advisory' and l.classid = 7170 and l.objid = 3 and l.objsubid = 2 and l.granted
      and l.database = (select d.oid from pg_database d where d.datname = current_database()) limit 1);
  status := case when v_now > v_worst + interval '1 minute' then 'fail' else 'warn' end;
  detail := format('%s of %s queues wait for a tick, %s since %s', v_late, (select count(*) from pgque.queue),
    queue_name, v_worst::timestamptz(0)) || coalesce('; ' || v_holder || ' holds the lock of the ticker', '');
  hint := case
    when v_holder is not null then 'A ticker must commit after each call: end that transaction.'
    else 'Run pgque.start() with pg_cron, or call pgque.ticker() every second or more often from a process that commits after each call.'
  end;
  if v_late > 1 then
    queue_name := null;
  end if;
  return next;
end
$$;
