-- The states of all subscriptions (kind s) or of the rotation of all queues (kind q), in one pass. For whom there is none, no row.
-- The lock keeps both slots from being truncated until the transaction ends, so that the generation need not be read again.
-- The current slot is asked first: what stands there, appended or carried, is never older than the previous slot's. Few rows
-- for each subject are read as they lie; of many, each subject's newest is looked up.
-- May raise serialization_failure (40001) in REPEATABLE READ and SERIALIZABLE: see _require_seen_generation.
create or replace function pgque._states(kind "char") returns setof pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_bytes_per_subject constant bigint := 750::bigint;
begin
  lock table pgque.cursor in access share mode;
  v_generation := pg_sequence_last_value('pgque.cursor_generation');
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    perform pgque._require_seen_generation(2, v_generation);
  end if;
  if pg_relation_size('pgque.cursor_0') + pg_relation_size('pgque.cursor_1') + pg_relation_size('pgque.cursor_2')
    <= v_bytes_per_subject * (case kind when 's' then (select count(*) from pgque.subscription) else (select count(*) from pgque.queue) end) then
    return query
      select distinct on (c.subject) c.*
      from pgque.cursor c
      where c.slot in (v_generation % 3, (v_generation + 2) % 3) and c.kind = _states.kind
      order by c.subject, c.version desc;
  else
    return query
      select n.*
      from (
        select s.subscription_id as subject from pgque.subscription s where _states.kind = 's'
        union all select q.queue_id from pgque.queue q where _states.kind = 'q') x
      cross join lateral (
        (select c.* from pgque.cursor c
         where c.slot = v_generation % 3 and c.kind = _states.kind and c.subject = x.subject order by c.version desc limit 1)
        union all
        (select c.* from pgque.cursor c
         where c.slot = (v_generation + 2) % 3 and c.kind = _states.kind and c.subject = x.subject order by c.version desc limit 1)
        limit 1) n;
  end if;
end
$$;
