-- The newest tick of each queue that has one, in one pass. Lock, order of the slots and errors as in _states().
create or replace function pgque._newest_ticks() returns setof pgque.tick
language plpgsql volatile as $$
declare
  v_generation bigint;
begin
  lock table pgque.tick in access share mode;
  v_generation := pg_sequence_last_value('pgque.tick_generation');
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    perform pgque._require_seen_generation(1, v_generation);
  end if;
  return query
    select n.*
    from pgque.queue q
    cross join lateral (
      (select t.* from pgque.tick t where t.slot = v_generation % 3 and t.queue_id = q.queue_id order by t.tick_id desc limit 1)
      union all
      (select t.* from pgque.tick t where t.slot = (v_generation + 2) % 3 and t.queue_id = q.queue_id order by t.tick_id desc limit 1)
      limit 1) n;
end
$$;
