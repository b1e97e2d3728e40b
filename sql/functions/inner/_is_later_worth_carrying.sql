-- Whether at least half of the retries in the previous slot have been moved: else rotation would write the same
-- waiting rows again and again.
create or replace function pgque._is_later_worth_carrying(current_generation bigint) returns boolean
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._cursor('m', 0);
begin
  return (
    select count(*) filter (where l.due_at > v_mover.tick_time) * 2 <= count(*)
    from pgque.later l where l.slot = (current_generation + 2) % 3);
end
$$;
