-- Ticks every tick_period_ms for as long as its scheduler wants, moves retries each second and rotates every five,
-- again at the next turn while there is more. It leaves with the last tick of that time, after stop(), and before a
-- statement_timeout would end it. A failed task is a warning and the loop goes on. Several loops at once do no harm: who
-- does not get the lock of the ticker, or of the mover, leaves the turn to the one who does.
-- Raises invalid_argument (QU005), and transaction_not_supported (QU022) in a transaction block: each task commits.
-- A procedure that commits cannot have the rights of its owner or a pinned search_path. So it calls only what
-- pgque_admin may call, each of its transactions pins the path, and what is looked up before that is qualified.
create or replace procedure pgque.ticker_loop(duration interval default '1 second')
language plpgsql as $$
declare
  v_stops constant integer := (select c.stops from pgque.config c);
  v_timeout constant interval := pg_catalog.current_setting('statement_timeout')::interval;
  v_turn_at pg_catalog.timestamptz := pg_catalog.clock_timestamp();
  v_leave_at pg_catalog.timestamptz;
  v_move_at pg_catalog.timestamptz := v_turn_at;
  v_rotate_at pg_catalog.timestamptz := pg_catalog.date_bin('5 seconds', v_turn_at operator(pg_catalog.+) '5 seconds'::interval, 'epoch');
  v_config pgque.config;
  v_task pg_catalog.text;
begin
  -- In the extended protocol, whose portals are cursors, this says nothing; then the first commit fails, with 2D000.
  if pg_catalog.transaction_timestamp() operator(pg_catalog.<) pg_catalog.statement_timestamp()
    and not exists (select from pg_catalog.pg_cursors) then
    raise exception 'ticker_loop cannot run in a transaction block' using
      errcode = 'QU022', detail = 'ticker_loop', hint = 'Call it in autocommit, in a statement of its own.';
  end if;
  if duration is null or duration operator(pg_catalog.<=) '0'::interval then
    raise exception 'duration must be > 0' using
      errcode = 'QU005', detail = coalesce(duration::pg_catalog.text, 'NULL'), hint = 'It is how long the loop runs, for example ''1 minute''.';
  end if;
  -- A little early: while a job runs, some versions of pg_cron start no other.
  v_leave_at := v_turn_at operator(pg_catalog.+) (duration operator(pg_catalog.*) 0.999::double precision);
  if v_timeout operator(pg_catalog.>) '0'::interval and v_timeout operator(pg_catalog.<=) duration then
    raise warning 'statement_timeout ends this loop before its duration';
    v_leave_at := v_turn_at operator(pg_catalog.+) (v_timeout operator(pg_catalog.*) 0.9::double precision);
  end if;

  <<turns>>
  loop
    foreach v_task in array array['move', 'tick', 'rotate', 'rest'] loop
      commit;
      set transaction isolation level read committed;
      -- A lost tick is made again, and whoever went past it has flushed it with his own commit.
      perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), pg_catalog.set_config('synchronous_commit', 'off', true);
      if v_task = 'rest' then
        select c.* into strict v_config from pgque.config c;
        -- A turn that is late does not make the next ones hurry, nor does a clock that was set back stop them.
        v_turn_at := greatest(v_turn_at, clock_timestamp() - make_interval(secs => v_config.tick_period_ms / 1000.0))
          + make_interval(secs => v_config.tick_period_ms / 1000.0);
        exit turns when v_config.stops <> v_stops or v_turn_at >= v_leave_at;
        perform pg_sleep(least(extract(epoch from v_turn_at - clock_timestamp()), v_config.tick_period_ms / 1000.0));
        continue;
      end if;
      begin
        if v_task = 'move' and clock_timestamp() >= v_move_at and pg_try_advisory_xact_lock(7170, 5) then
          v_move_at := clock_timestamp() + interval '1 second';
          v_move_at := case when pgque.maint_retry_events() > 0 then v_turn_at else v_move_at end;
        elsif v_task = 'tick' and pg_try_advisory_xact_lock(7170, 3) then
          perform pgque.ticker();
        elsif v_task = 'rotate' and clock_timestamp() >= v_rotate_at then
          v_rotate_at := clock_timestamp() + interval '5 seconds';
          v_rotate_at := case when pgque.maint() > 0 then v_turn_at else v_rotate_at end;
        end if;
      exception when others then
        raise warning 'ticker_loop could not %: %', v_task, sqlerrm using errcode = sqlstate;
      end;
    end loop;
  end loop;
end
$$;

comment on procedure pgque.ticker_loop(interval) is 'Tick every tick_period_ms for a while, with retries and rotation';
grant execute on procedure pgque.ticker_loop(interval) to pgque_admin;
