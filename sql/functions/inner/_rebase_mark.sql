-- Begins the present generation of a log's rotation anew, for rebase(): nothing is noted, emptied or carried.
create or replace function pgque._rebase_mark(kind "char", subject integer, generation bigint) returns void
language plpgsql volatile as $$
declare
  v_mark pgque.cursor := pgque._last_state(kind, subject);
begin
  if v_mark.version is not null then
    v_mark.generation := null;
    perform pgque._append_state(v_mark);
  end if;
  perform pgque._append_state(pgque._rotation_mark(kind, subject, generation));
end
$$;
