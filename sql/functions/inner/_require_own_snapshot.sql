-- Raises rebase_needed (QU023) when a stored snapshot has come further than this cluster: it is of another one. A tick, or a
-- move of retries, made now would hide events, or be repeated for ever.
create or replace function pgque._require_own_snapshot(xmax xid8) returns void
language plpgsql volatile as $$
begin
  if xmax > pg_snapshot_xmax(pgque._newest_snapshot()) then
    raise exception 'transaction ids of another cluster are stored' using
      errcode = 'QU023', detail = xmax::text, hint = 'This database was restored from a dump. Call pgque.rebase().';
  end if;
end
$$;
