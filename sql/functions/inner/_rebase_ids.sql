-- Transaction ids for rebase(): so many, in their order, that this cluster has behind it and that no open transaction has;
-- and for each a snapshot that sees it and those before. A transaction that is open now is open to these snapshots too: what
-- it sends later reaches everybody. Where the cluster is too young, ids are used up. The caller holds the lock of the ticker.
create or replace function pgque._rebase_ids(needed bigint, out xids xid8[], out snapshots pg_snapshot[])
language plpgsql volatile as $$
declare
  v_now pg_snapshot := pgque._boundary();
  v_open bigint[];
begin
  loop
    v_open := array(select x::text::bigint from pg_snapshot_xip(v_now) x);
    exit when pg_snapshot_xmax(v_now)::text::bigint > needed + cardinality(v_open);
    v_now := pgque._boundary();  -- uses one up
  end loop;
  select array_agg(i.id::text::xid8 order by i.id),
    array_agg(format('%s:%s:%s', coalesce(o.lowest, i.id + 1), i.id + 1, o.list)::pg_snapshot order by i.id)
  into xids, snapshots
  from (
    select x as id from generate_series(1, needed + cardinality(v_open)) x where x <> all (v_open) order by x limit needed) i
  cross join lateral (
    select min(x) as lowest, string_agg(x::text, ',' order by x) as list from unnest(v_open) x where x <= i.id) o;
end
$$;
