-- A row as JSON, of these columns only, in the order of the table.
create or replace function pgque._capture_json(columns text[], names text[], row_json json) returns text
language plpgsql immutable as $$
begin
  if columns = names then
    return coalesce(row_json::text, '{}');
  end if;
  return (
    select coalesce('{' || string_agg(to_json(r.key)::text || ':' || r.value::text, ',' order by r.n) || '}', '{}')
    from json_each(row_json) with ordinality r (key, value, n)
    where r.key = any (columns));
end
$$;
