-- A snapshot taken now, by a statement of its own.
create or replace function pgque._newest_snapshot() returns pg_snapshot
language plpgsql volatile as $$
begin
  return (select pg_current_snapshot());
end
$$;
