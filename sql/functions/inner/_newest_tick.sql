-- The newest tick of a queue; all NULL when there is none.
create or replace function pgque._newest_tick(queue_id integer) returns pgque.tick
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_tick pgque.tick;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    select t.* into v_tick
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = _newest_tick.queue_id
    order by t.tick_id desc limit 1;
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
  return v_tick;
end
$$;
