-- Raises rebase_needed (QU023) for a stored transaction id, or the end of a stored snapshot, that this cluster has not come to:
-- it is of another one. A tick, or a move of retries, made now would hide events, or be repeated for ever.
create or replace function pgque._require_own_xid(xid xid8) returns void
language plpgsql volatile as $$
begin
  if xid > pg_snapshot_xmax(pgque._newest_snapshot()) then
    raise exception 'transaction ids of another cluster are stored' using
      errcode = 'QU023', detail = xid::text, hint = 'This database was restored from a dump. Call pgque.rebase().';
  end if;
end
$$;
