-- The snapshot with the running transaction listed as open. PostgreSQL leaves it out, and takes it for finished once
-- a later transaction has completed: what this transaction appends after a tick of its own would belong to no batch.
create or replace function pgque._with_own_xid(snapshot pg_snapshot) returns pg_snapshot
language plpgsql volatile as $$
declare
  v_own constant xid8 := pg_current_xact_id_if_assigned();
begin
  if v_own is null or not pg_visible_in_snapshot(v_own, snapshot) then
    return snapshot;
  end if;
  return (
    select format('%s:%s:%s', min(x.xid::text::numeric), pg_snapshot_xmax(snapshot), string_agg(x.xid::text, ',' order by x.xid))
    from (select v_own union all select pg_snapshot_xip(snapshot)) x (xid))::pg_snapshot;
end
$$;
