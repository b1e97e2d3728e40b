-- The condition that finds a row by these columns. Where all columns are the key, one whose type has no equality of its
-- own (json, xml, point) is compared as text.
create or replace function pgque._capture_condition(
  relation oid, columns text[], is_whole_row boolean, names text[], "values" text[]) returns text
language plpgsql stable as $$
begin
  return (
    select string_agg(case
        when r.value is null then format('%I is null', r.name)
        when is_whole_row and not pgque._capture_has_equality(relation, r.name) then format('%I::text=%L', r.name, r.value)
        else format('%I=%L', r.name, r.value)
      end, ' and ' order by array_position(columns, r.name))
    from unnest(names, "values") r (name, value)
    where r.name = any (columns));
end
$$;
