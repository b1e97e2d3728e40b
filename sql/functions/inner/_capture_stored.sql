-- The columns of a row that have a value, without those to ignore. A generated column has none before the row is
-- stored, a virtual one never has. without_generated leaves out the stored ones too.
create or replace function pgque._capture_stored(relation oid, names text[], ignored text[], without_generated boolean)
returns text[]
language plpgsql stable as $$
declare
  v_without constant text[] := ignored || array(
    select a.attname::text from pg_attribute a
    where a.attrelid = relation and a.attnum > 0 and (a.attgenerated = 'v' or a.attgenerated = 's' and without_generated));
begin
  if v_without = '{}' then
    return names;
  end if;
  return array(select r.name from unnest(names) with ordinality r (name, n) where r.name <> all (v_without) order by r.n);
end
$$;
