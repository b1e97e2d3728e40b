-- The columns of a table's primary key in the order of the index; empty when it has none.
create or replace function pgque._capture_key(relation oid) returns text[]
language plpgsql stable as $$
begin
  return array(
    select a.attname::text
    from pg_index i
    join pg_attribute a on a.attrelid = relation and a.attnum = any ((i.indkey::int2[])[: i.indnkeyatts - 1])
    where i.indrelid = relation and i.indisprimary
    order by array_position(i.indkey::int2[], a.attnum));
end
$$;
