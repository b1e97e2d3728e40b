-- Whether the values of a column can be compared for equality, by the default operator class of its type. A false no
-- does little harm: the caller compares as text then.
create or replace function pgque._capture_has_equality(relation oid, column_name text) returns boolean
language plpgsql stable as $$
declare
  v_type pg_type;
begin
  select t.* into v_type
  from pg_attribute a join pg_type d on d.oid = a.atttypid
  join pg_type t on t.oid = case when d.typtype = 'd' then d.typbasetype else d.oid end
  where a.attrelid = relation and a.attname = column_name;
  if v_type.typcategory = 'A' then
    select t.* into v_type from pg_type t where t.oid = v_type.typelem;
  end if;
  return v_type.typtype in ('e', 'r', 'm') or exists (
    select from pg_opclass o
    where o.opcdefault and o.opcmethod in (403, 405) and (o.opcintype = v_type.oid or exists (
      select from pg_cast c
      where c.castsource = v_type.oid and c.casttarget = o.opcintype and c.castmethod = 'b' and c.castcontext = 'i')));
end
$$;
