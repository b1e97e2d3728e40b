-- Those of these slots in which transactions from low to below high moved retries of a subscription. Mostly none: one
-- cheap question in place of a search in each.
create or replace function pgque._slots_with_retries(leaves text[], owner integer, low xid8, high xid8) returns text[]
language plpgsql volatile as $$
declare
  v_found text[];
begin
  -- Dynamic, because the slots are tables of their queue.
  execute 'select array_remove(array[' || (
    select string_agg(format(
      'case when exists (select from %s e where e.ev_owner = $1 and e.ev_txid >= $2 and e.ev_txid < $3) then %1$L end', l), ',')
    from unnest(leaves) l) || '], null)'
  into v_found using owner, low, high;
  return v_found;
end
$$;
