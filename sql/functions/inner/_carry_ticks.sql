-- Copies the ticks that are still needed from the previous slot to the current one: the newest of each queue, and those
-- after the position of the queue's slowest subscription, thinned so that a window holds ticker_max_count events.
-- The caller holds SHARE on the previous slot.
create or replace function pgque._carry_ticks(current_generation bigint) returns void
language plpgsql volatile as $$
declare
  v_tick record;
  v_row pgque.tick;
  v_queue_id integer;
  v_kept_seq bigint;
begin
  for v_tick in
    select t as tick, q.ticker_max_count, coalesce(p.event_seq, t.event_seq) as position_seq,
      t.tick_id = max(t.tick_id) over (partition by t.queue_id) as is_newest
    from pgque.queue q
    left join lateral (
      select c.tick_id, c.event_seq
      from pgque.subscription s cross join lateral pgque._state('s', s.subscription_id) c
      where s.queue_id = q.queue_id order by c.tick_id limit 1) p on true
    join pgque.tick t on t.queue_id = q.queue_id and t.slot = (current_generation + 2) % 3
    where t.tick_id > p.tick_id
      or not exists (
        select from pgque.tick n
        where n.slot in (current_generation % 3, (current_generation + 2) % 3) and n.queue_id = q.queue_id and n.tick_id > t.tick_id)
    order by t.queue_id, t.tick_id
  loop
    v_row := v_tick.tick;
    if v_row.queue_id is distinct from v_queue_id then
      v_queue_id := v_row.queue_id;
      v_kept_seq := v_tick.position_seq;
    end if;
    if v_tick.is_newest or v_row.event_seq - v_kept_seq >= v_tick.ticker_max_count then
      v_kept_seq := v_row.event_seq;
      v_row.slot := (current_generation % 3)::integer;
      insert into pgque.tick values (v_row.*);
    end if;
  end loop;
end
$$;
