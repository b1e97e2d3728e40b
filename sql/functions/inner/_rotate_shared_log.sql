-- Moves the rotation of a shared log by at most one phase, as pgque.maint() says; returns 1 when it moved.
create or replace function pgque._rotate_shared_log(subject integer, log text) returns integer
language plpgsql volatile as $$
declare
  v_sequence constant regclass := format('pgque.%I', log || '_generation')::regclass;
  v_generation bigint;
  v_current regclass;
  v_previous regclass;
  v_next regclass;
  v_mark pgque.cursor;
  v_config pgque.config;
begin
  -- In every phase: a mover that saw the log advance under it would miss the retries in the new slot, and note that it
  -- had seen them.
  if log = 'later' and not pgque._try_lock_mover() then
    return 0;
  end if;
  v_generation := pg_sequence_last_value(v_sequence);
  v_current := format('pgque.%I', log || '_' || v_generation % 3)::regclass;
  v_previous := format('pgque.%I', log || '_' || (v_generation + 2) % 3)::regclass;
  v_next := format('pgque.%I', log || '_' || (v_generation + 1) % 3)::regclass;
  v_mark := pgque._state('l', subject);
  if v_mark.generation is distinct from v_generation then
    if not pgque._is_carried_to(v_mark, v_generation) then
      return 0;  -- rebase() must come first
    end if;
    -- The transaction that advanced was rolled back, and the advance was not.
    perform pgque._append_state(pgque._rotation_mark('l', subject, v_generation));
    return 1;
  end if;

  select c.* into v_config from pgque.config c;
  if not v_mark.is_emptied then
    if pg_relation_size(v_next) > 0 then
      -- Not at once: a dump that has just begun, and has not locked its tables yet, does not see what was carried.
      if clock_timestamp() < v_mark.noted_at + v_config.log_rotation_period / 100 or not pgque._lock_slot(v_next, true) then
        return 0;
      end if;
      execute format('truncate only %s', v_next);
    end if;
    v_mark.is_emptied := true;
    perform pgque._append_state(v_mark);
    return 1;
  end if;

  if v_mark.is_carried then
    return pgque._advance('l', subject, v_sequence, v_generation);
  end if;

  if pg_relation_size(v_current) = 0
    or clock_timestamp() < v_mark.noted_at + v_config.log_rotation_period
      and (log = 'later' or pg_relation_size(v_current) < v_config.log_rotation_bytes) then
    return 0;
  end if;
  if not pgque._lock_slot(v_previous, false) then
    return 0;
  end if;
  if log = 'later' and not pgque._is_later_worth_carrying(v_generation) then
    v_mark.noted_at := clock_timestamp();  -- asked again after a period
  else
    case log
      when 'tick' then perform pgque._carry_ticks(v_generation);
      when 'cursor' then perform pgque._carry_states(v_generation);
      when 'later' then perform pgque._carry_retries(v_generation);
    end case;
    v_mark.is_carried := true;
  end if;
  perform pgque._append_state(v_mark);
  return 1;
end
$$;
