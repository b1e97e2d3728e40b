-- What a tick says of owed_by; NULL when it is not held any more.
create or replace function pgque._tick_owed_by(queue_id integer, tick_id bigint) returns xid8[]
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_owed_by xid8[];
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    select t.owed_by into v_owed_by
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3)
      and t.queue_id = _tick_owed_by.queue_id and t.tick_id = _tick_owed_by.tick_id
    limit 1;
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
  return v_owed_by;
end
$$;
