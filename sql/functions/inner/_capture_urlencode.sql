-- Percent-encoded UTF-8, a blank as "+".
create or replace function pgque._capture_urlencode(value text) returns text
language plpgsql immutable strict as $$
begin
  if value !~ '[^A-Za-z0-9_.-]' then
    return value;
  end if;
  return (
    select string_agg(coalesce(m[1],
      replace(regexp_replace(encode(convert_to(m[2], 'UTF8'), 'hex'), '(..)', '%\1', 'g'), '%20', '+')), '' order by n)
    from regexp_matches(value, '([A-Za-z0-9_.-]+)|([^A-Za-z0-9_.-]+)', 'g') with ordinality r (m, n));
end
$$;
