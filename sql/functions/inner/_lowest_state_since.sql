-- Of the states that a subscription has been in since a time, the one with the lowest position: its newest state, unless it
-- has gone on since. All NULL when it has no state.
create or replace function pgque._lowest_state_since(subscription_id integer, since timestamptz) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_from bigint;
  v_state pgque.cursor;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    select max(n.version) into v_from
    from unnest(array[v_generation % 3, (v_generation + 2) % 3]) s (slot)
    cross join lateral (
      select c.version from pgque.cursor c
      where c.slot = s.slot and c.kind = 's' and c.subject = subscription_id and c.changed_at <= since
      order by c.version desc limit 1) n;
    select c.* into v_state
    from unnest(array[v_generation % 3, (v_generation + 2) % 3]) s (slot)
    join pgque.cursor c on c.slot = s.slot and c.kind = 's' and c.subject = subscription_id and c.version >= coalesce(v_from, 0)
    order by c.tick_id limit 1;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;
  return v_state;
end
$$;
