-- The query that reads the events of a subscription's window, or the open page of it, in the order of their ids.
-- With s1 the snapshot of the position and s2 that of the window's end, an event is in the window when s2 sees its
-- transaction and s1 does not. Each slot is asked up to three questions, each of one index, in the order of the ids:
--   recent   ids between the floor of s1 and the ceiling of s2: all events of transactions that began after s1 are there;
--   early    ids up to the floor, of transactions that were open at s1, one transaction after the other; the tick knows which
--            of them may have some: it lists its own transaction as open, which mostly has none;
--   retried  what this subscription asked for again, old ids, one transaction of the mover after the other.
-- So a page costs what it returns, also in a window of millions, and also when one transaction wrote them all.
-- "(…) is true" keeps a condition a filter: with unlucky statistics the planner would read the index on ev_txid
-- and sort the whole window for each page. The oldest slot is left out when it was quiet before s1 was taken:
-- a reader that touched it would stand in the way of rotation until its transaction ends.
-- The queue is that of the subscription, unless it is given: then every subject may be asked about.
create or replace function pgque._batch_query(
  state pgque.cursor, select_list text, max_rows bigint, queue pgque.queue default null) returns text
language plpgsql volatile as $$
declare
  v_owner integer := state.subject;
  v_generation bigint;
  v_mark pgque.cursor;
  v_xmax1 constant xid8 := pg_snapshot_xmax(state.snapshot);
  v_xmax2 constant xid8 := pg_snapshot_xmax(state.next_snapshot);
  v_after constant bigint := coalesce(state.page_after, 0);
  v_until constant bigint := coalesce(state.page_until, 9223372036854775807);
  v_limit constant text := coalesce('limit ' || max_rows, '');
  v_open xid8[];       -- begun after s1 and open at s2
  v_owed xid8[];       -- open at s1 and ended by s2
  v_in_window text;
  v_early xid8[];      -- of those, who may have drawn ids up to the floor
  v_lowest xid8;
  v_retried xid8[];
  v_slot bigint;
  v_leaf text;
  v_leaves text[] := '{}'::text[];
  v_parts text[] := '{}'::text[];
begin
  if queue.queue_id is null then
    queue := pgque._queue_of(state.subject);
    v_owner := pgque._owner(state.subject);
  end if;
  v_generation := pg_sequence_last_value(queue.generation_seq);
  v_mark := pgque._state('q', queue.queue_id);

  v_open := array(select x from pg_snapshot_xip(state.next_snapshot) x where x >= v_xmax1);
  v_owed := array(select pg_snapshot_xip(state.snapshot) except select pg_snapshot_xip(state.next_snapshot));
  v_early := case when v_after < state.id_floor then array(
    select x from unnest(v_owed) x where x = any (coalesce(pgque._tick_owed_by(queue.queue_id, state.tick_id), v_owed))) end;
  v_lowest := coalesce((select x from unnest(v_owed) x order by x limit 1), v_xmax1);
  v_in_window := format('ev_txid >= %L::xid8 and ev_txid < %L::xid8', v_xmax1, v_xmax2)
    || case when v_open <> '{}' then format(' and ev_txid <> all (%L::xid8[])', v_open) else '' end
    || case when v_owed <> '{}' then format(' or ev_txid = any (%L::xid8[])', v_owed) else '' end;

  foreach v_slot in array array[v_generation % 3, (v_generation + 2) % 3, (v_generation + 1) % 3] loop
    continue when v_slot = (v_generation + 1) % 3
      and v_mark.generation = v_generation and v_xmax1 > pg_snapshot_xmax(v_mark.snapshot);
    v_leaf := format('pgque.%I', 'event_' || queue.log_id || '_' || v_slot);
    -- What is in the window was appended before its ticks.
    continue when v_slot <> v_generation % 3 and pg_relation_size(v_leaf::regclass) = 0;
    v_leaves := v_leaves || v_leaf;
    v_parts := v_parts || format(
      '(select * from %s where ev_id > %s and ev_id <= %s and (ev_owner is null) is true and (%s) is true order by ev_id %s)',
      v_leaf, greatest(v_after, state.id_floor), least(v_until, state.next_id_ceiling), v_in_window, v_limit);
    if v_early <> '{}' then
      v_parts := v_parts || format(
        '(select o.* from unnest(%L::xid8[]) x, lateral (select * from %s'
        ' where (ev_txid, ev_id) > (x, %s) and (ev_txid, ev_id) <= (x, %s) and ev_owner is null'
        ' order by ev_txid, ev_id %s) o order by o.ev_id %5$s)',
        v_early, v_leaf, v_after, least(v_until, state.id_floor), v_limit);
    end if;
  end loop;
  foreach v_leaf in array pgque._slots_with_retries(v_leaves, v_owner, v_lowest, v_xmax2) loop
    v_retried := pgque._retry_txids(v_leaf, v_owner, v_lowest, v_xmax2, v_in_window);
    continue when v_retried = '{}';
    v_parts := v_parts || format(
      '(select o.* from unnest(%L::xid8[]) x, lateral (select * from %s'
      ' where (ev_owner, ev_txid, ev_id) > (%s, x, %s) and (ev_owner, ev_txid, ev_id) <= (%3$s, x, %5$s)'
      ' and ev_owner is not null order by ev_owner, ev_txid, ev_id %6$s) o order by o.ev_id %6$s)',
      v_retried, v_leaf, v_owner, v_after, v_until, v_limit);
  end loop;
  return format('select %s from (%s) e order by ev_id %s', select_list, array_to_string(v_parts, ' union all '), v_limit);
end
$$;
