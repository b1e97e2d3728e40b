-- Copies the newest state of each living subject to the current slot, where it stands in the previous one.
-- The caller holds SHARE on the previous slot.
create or replace function pgque._carry_states(current_generation bigint) returns void
language plpgsql volatile as $$
declare
  v_row pgque.cursor;
begin
  for v_row in
    select n.*
    from (
      select 's'::"char" as kind, s.subscription_id as subject from pgque.subscription s
      union all select 'q', q.queue_id from pgque.queue q
      union all select 'l', l from generate_series(1, 3) l
      union all select 'm', 0) x
    cross join lateral (
      select c.* from pgque.cursor c
      where c.slot in (current_generation % 3, (current_generation + 2) % 3) and c.kind = x.kind and c.subject = x.subject
      order by c.version desc limit 1) n
    where n.slot = (current_generation + 2) % 3
  loop
    v_row.slot := (current_generation % 3)::integer;
    -- A state that was appended while the log rotated stands in both slots already.
    insert into pgque.cursor values (v_row.*) on conflict (slot, kind, subject, version) do nothing;
  end loop;
end
$$;
