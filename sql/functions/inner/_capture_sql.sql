-- The part of the statement that sqltriga() emits: "(columns) values (values)", "column=value where condition", or
-- "condition"; an empty key is all columns. NULL when an UPDATE changed none of the columns: there is nothing to repeat.
create or replace function pgque._capture_sql(
  op text, relation oid, columns text[], key text[], names text[], new_values text[], old_values text[]) returns text
language plpgsql stable as $$
declare
  v_where text;
begin
  if op in ('UPDATE', 'DELETE') then
    v_where := pgque._capture_condition(relation, case key when '{}' then columns else key end, key = '{}', names, old_values);
    if v_where is null then
      raise exception 'no column is left to find the row by' using
        errcode = 'QU020', detail = relation::regclass::text, hint = 'Name the key with pkey=, or ignore fewer columns.';
    end if;
  end if;
  if op = 'UPDATE' then
    return (
      select string_agg(format('%I=%L', r.name, r.new), ',' order by r.n) || ' where ' || v_where
      from unnest(names, new_values, old_values) with ordinality r (name, new, old, n)
      where r.name = any (columns) and r.new is distinct from r.old);
  end if;
  if op = 'INSERT' then
    return (
      select case count(*) when 0 then 'default values' else format('(%s)%s values (%s)', string_agg(format('%I', r.name), ',' order by r.n),
        case when exists (
          select from pg_attribute a where a.attrelid = relation and a.attname = any (columns) and a.attidentity = 'a')
        then ' overriding system value' end,
        string_agg(format('%L', r.value), ',' order by r.n)) end
      from unnest(names, new_values) with ordinality r (name, value, n)
      where r.name = any (columns));
  end if;
  return coalesce(v_where, '');
end
$$;
