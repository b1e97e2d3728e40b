-- The values of a row in the order of its columns, as their types write them; NULL where there is none. They are read
-- from the text of the whole row ('' when there is no row): that takes no cast of a user, and no plan that a change of
-- the table would outdate.
create or replace function pgque._capture_values(row_text text) returns text[]
language plpgsql immutable as $$
declare
  v_fields constant text := substr(nullif(row_text, ''), 2, length(row_text) - 2);
begin
  if v_fields !~ '"' then
    return case when v_fields = '' then '{null}' else string_to_array(v_fields, ',', '') end;
  end if;
  return array(
    select case
      when m[1] like '"%' then replace(replace(substr(m[1], 2, length(m[1]) - 2), '""', '"'), '\\', '\')
      else nullif(m[1], '')
    end
    from regexp_matches(v_fields || ',', '("(?:[^"\\]|""|\\\\)*"|[^",]*),', 'g') with ordinality r (m, n)
    order by r.n);
end
$$;
