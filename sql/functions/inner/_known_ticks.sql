-- Every tick of a queue that is known, for rebase(): those of all three slots, and the positions and ends of windows of its
-- subscriptions, which were ticks. When there is none, one that has seen nothing.
create or replace function pgque._known_ticks(queue_id integer) returns setof pgque.tick
language plpgsql volatile as $$
begin
  return query
    select distinct on (k.tick_id) k.*
    from (
      select t.* from pgque.tick t where t.queue_id = _known_ticks.queue_id
      union all
      select -1, s.queue_id, p.*
      from pgque.subscription s
      cross join lateral pgque._last_state('s', s.subscription_id) c
      join pgque.queue q on q.queue_id = s.queue_id
      cross join lateral (values
        (c.tick_id, c.tick_time, c.snapshot, c.event_seq, c.id_floor, coalesce(pg_sequence_last_value(q.event_seq), 0), '{}'::xid8[]),
        (c.next_tick_id, c.next_tick_time, c.next_snapshot, c.next_event_seq, c.next_id_floor, c.next_id_ceiling, '{}')) p (tick_id)
      where s.queue_id = _known_ticks.queue_id and p.tick_id is not null) k
    order by k.tick_id, k.slot desc;
  if not found then
    return query select -1, _known_ticks.queue_id, 1::bigint, clock_timestamp(), pgque._blank_snapshot(), 0::bigint, 0::bigint, 0::bigint, '{}'::xid8[];
  end if;
end
$$;
