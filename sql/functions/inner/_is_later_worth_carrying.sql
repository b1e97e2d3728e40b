-- Whether the retries that wait in the previous slot are at most half of what both slots hold: else rotation would write
-- the same waiting rows again and again.
create or replace function pgque._is_later_worth_carrying(current_generation bigint) returns boolean
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._state('m', 0);
begin
  return (
    select count(*) filter (where l.slot = (current_generation + 2) % 3 and l.due_at > v_mover.noted_at) * 2 <= count(*)
    from pgque.later l where l.slot in (current_generation % 3, (current_generation + 2) % 3));
end
$$;
