-- The newest state of a subject over all three slots, for rebase(): a dump that was taken while pgque.cursor rotated may
-- have it where _state() does not look. All NULL when there is none.
create or replace function pgque._last_state(kind "char", subject integer) returns pgque.cursor
language plpgsql stable as $$
declare
  v_state pgque.cursor;
begin
  select n.* into v_state
  from generate_series(0, 2) s (slot)
  cross join lateral (
    select c.* from pgque.cursor c
    where c.slot = s.slot and c.kind = _last_state.kind and c.subject = _last_state.subject order by c.version desc limit 1) n
  order by n.version desc limit 1;
  return v_state;
end
$$;
