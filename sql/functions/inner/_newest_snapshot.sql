-- A snapshot taken now: volatile, because in a stable function it would be that of the calling statement.
create or replace function pgque._newest_snapshot() returns pg_snapshot
language plpgsql volatile as $$
begin
  return (select pg_current_snapshot());
end
$$;
