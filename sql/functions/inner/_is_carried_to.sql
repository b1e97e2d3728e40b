-- Whether a shared log whose mark is given may go on from this generation: it is that of the mark, or the next one, and
-- what is needed was carried. Else the generation is that of a dump that was taken while the log rotated: pg_dump reads
-- sequences later than rows. What is needed may stand in the slot that would be emptied next.
create or replace function pgque._is_carried_to(mark pgque.cursor, generation bigint) returns boolean
language plpgsql immutable as $$
begin
  return coalesce(mark.generation >= _is_carried_to.generation
    or mark.generation = _is_carried_to.generation - 1 and mark.is_carried, false);
end
$$;
