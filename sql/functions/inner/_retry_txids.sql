-- The transactions from low to below high that moved retries of a subscription into this slot and meet the condition:
-- a handful, found by stepping from one to the next in the index.
create or replace function pgque._retry_txids(leaf text, owner integer, low xid8, high xid8, condition text) returns xid8[]
language plpgsql volatile as $$
declare
  v_txids xid8[];
begin
  -- Dynamic, because the slot is a table of its queue.
  execute format(
    'with recursive t (ev_txid) as ('
    ' (select e.ev_txid from %1$s e where e.ev_owner = $1 and e.ev_txid >= $2 and e.ev_txid < $3 order by e.ev_txid limit 1)'
    ' union all'
    ' select n.ev_txid from t cross join lateral (select e.ev_txid from %1$s e'
    '   where e.ev_owner = $1 and e.ev_txid > t.ev_txid and e.ev_txid < $3 order by e.ev_txid limit 1) n)'
    ' select array_agg(ev_txid) from t where %2$s', leaf, condition)
  into v_txids using owner, low, high;
  return coalesce(v_txids, '{}'::xid8[]);
end
$$;
