-- Whether the retries that wait in the previous slot are at most half of what both slots hold: else rotation would write
-- the same waiting rows again and again. Counts about twice as many rows as the fewer of those that wait there and of the
-- others.
create or replace function pgque._is_later_worth_carrying(current_generation bigint) returns boolean
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._state('m', 0);
  v_limit bigint := 100::bigint;
  v_waiting bigint;
  v_others bigint;
begin
  loop
    -- Dynamic, for the reason that _later_slots() gives.
    execute format($query$
      select
        (select count(*) from (select from pgque.%1$I l where l.due_at > $1 limit $2) w),
        (select count(*) from (
          (select from pgque.%1$I l where l.due_at <= $1 limit $2)
          union all (select from pgque.%2$I l limit $2)
          limit $2) o)$query$,
      'later_' || (current_generation + 2) % 3, 'later_' || current_generation % 3)
    into v_waiting, v_others using v_mover.noted_at, v_limit;
    exit when v_waiting < v_limit or v_others < v_limit;
    v_limit := v_limit * 2;
  end loop;
  return v_waiting <= v_others;
end
$$;
