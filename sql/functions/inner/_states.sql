-- The states of all subscriptions (kind s) or of the rotation of all queues (kind q), in one pass. For whom there is none, no row.
-- The lock keeps both slots from being truncated until the transaction ends, so that the generation need not be read again.
-- Few rows for each subject, as of rotation, are read in the order of the index; of many, each subject's newest is looked
-- up, in the current slot first: what stands there, appended or carried, is never older than the previous slot's.
-- May raise serialization_failure (40001) in REPEATABLE READ and SERIALIZABLE: see _require_seen_generation.
create or replace function pgque._states(kind "char") returns setof pgque.cursor
language plpgsql volatile as $$
declare
  v_bytes_per_subject constant bigint := 750::bigint;
  v_generation bigint;
  v_query text;
begin
  lock table pgque.cursor in access share mode;
  v_generation := pg_sequence_last_value('pgque.cursor_generation');
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    perform pgque._require_seen_generation(2, v_generation);
  end if;
  if kind = 'q' or pg_relation_size('pgque.cursor_0') + pg_relation_size('pgque.cursor_1') + pg_relation_size('pgque.cursor_2')
    <= v_bytes_per_subject * (select count(*) from pgque.subscription) then
    v_query := 'select distinct on (n.subject) n.* from ('
      '(select distinct on (c.subject) c.* from pgque.%I c where c.slot = %s and c.kind = $1 order by c.subject desc, c.version desc)'
      ' union all '
      '(select distinct on (c.subject) c.* from pgque.%I c where c.slot = %s and c.kind = $1 order by c.subject desc, c.version desc)'
      ') n order by n.subject desc, n.version desc';
  else
    v_query := 'select n.* from pgque.subscription s cross join lateral ('
      '(select c.* from pgque.%I c where c.slot = %s and c.kind = $1 and c.subject = s.subscription_id order by c.version desc limit 1)'
      ' union all '
      '(select c.* from pgque.%I c where c.slot = %s and c.kind = $1 and c.subject = s.subscription_id order by c.version desc limit 1)'
      ' limit 1) n';
  end if;
  -- Dynamic, because a slot by its name is read faster than one that is chosen for each subject.
  return query execute format(v_query,
    'cursor_' || v_generation % 3, v_generation % 3, 'cursor_' || (v_generation + 2) % 3, (v_generation + 2) % 3) using kind;
end
$$;
