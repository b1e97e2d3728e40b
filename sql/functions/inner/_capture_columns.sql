-- The columns that an option lists, separated by commas, each as it is spelled in the catalog; in double quotes a name
-- may hold anything. Empty for NULL. Raises invalid_trigger (QU020) when the row has no such column.
create or replace function pgque._capture_columns(list text, known text[]) returns text[]
language plpgsql immutable as $$
declare
  v_column text;
  v_columns text[] := '{}'::text[];
begin
  if list is null then
    return v_columns;
  end if;
  for v_column in
    select btrim(m[1]) from regexp_matches(list || ',', '\s*("(?:[^"]|"")*"|[^,]*)\s*,', 'g') m
  loop
    if v_column ~ '^".*"$' and v_column <> all (known) then
      v_column := replace(substr(v_column, 2, length(v_column) - 2), '""', '"');
    end if;
    if v_column <> all (known) then
      raise exception 'no such column: %', v_column using
        errcode = 'QU020', detail = v_column, hint = 'The options ignore= and pkey= list columns of the table.';
    end if;
    v_columns := v_columns || v_column;
  end loop;
  return v_columns;
end
$$;
