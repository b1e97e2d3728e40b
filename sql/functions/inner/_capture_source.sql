-- The table that CREATE TRIGGER named. A trigger of a partitioned table fires as a copy of it on a partition.
create or replace function pgque._capture_source(relation oid, trigger_name text) returns oid
language plpgsql stable as $$
declare
  v_source oid;
  v_parent oid;
begin
  select t.tgrelid, t.tgparentid into v_source, v_parent
  from pg_trigger t where t.tgrelid = relation and t.tgname = trigger_name;
  while v_parent <> 0 loop
    select t.tgrelid, t.tgparentid into v_source, v_parent from pg_trigger t where t.oid = v_parent;
  end loop;
  return coalesce(v_source, relation);
end
$$;
