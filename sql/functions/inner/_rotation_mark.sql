-- The state of a log's rotation, to be changed and appended: kind q with a queue id, or l with 1 tick, 2 cursor, 3 later.
-- noted_at is when the generation was first seen. A state of an older generation comes back as that of a new one.
create or replace function pgque._rotation_mark(kind "char", subject integer, generation bigint) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_mark pgque.cursor := pgque._state(kind, subject);
begin
  if v_mark.generation is distinct from generation then
    v_mark.kind := kind;
    v_mark.subject := subject;
    v_mark.generation := generation;
    v_mark.noted_at := clock_timestamp();
    v_mark.is_emptied := false;
    v_mark.is_carried := false;
    v_mark.snapshot := null;
    v_mark.event_seq := null;
  end if;
  return v_mark;
end
$$;
