-- A row as column=value&column=value, of these columns only; a NULL has no "=".
create or replace function pgque._capture_urlencoded(columns text[], names text[], "values" text[]) returns text
language plpgsql immutable as $$
begin
  return (
    select coalesce(string_agg(
      pgque._capture_urlencode(r.name) || coalesce('=' || pgque._capture_urlencode(r.value), ''), '&' order by r.n), '')
    from unnest(names, "values") with ordinality r (name, value, n)
    where r.name = any (columns));
end
$$;
