-- Type, data and the four extras of the event of a change. row_json and old_json, names with new_values and old_values
-- are the rows whole; of these go into the event what columns lists. Its data is NULL when there is nothing to tell.
create or replace function pgque._capture_fields(
  encoding text, op text, relation oid, source oid, columns text[], key text[], has_backup boolean,
  names text[], new_values text[], old_values text[], row_json json, old_json json) returns text[]
language plpgsql stable as $$
declare
  v_schema text;
  v_table text;
  v_type text;
  v_data text;
  v_backup text;
begin
  select n.nspname::text, c.relname::text into v_schema, v_table
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = source;
  case encoding
    when 'json' then
      v_type := format('{"op":"%s","table":[%s,%s],"pkey":[%s]}', op, to_json(v_schema), to_json(v_table),
        (select string_agg(to_json(k.name)::text, ',' order by k.n) from unnest(key) with ordinality k (name, n)));
      v_data := pgque._capture_json(columns, names, row_json);
    when 'urlencoded' then
      v_type := case op when 'TRUNCATE' then 'R' else left(op, 1) || ':' || array_to_string(key, ',') end;
      v_data := pgque._capture_urlencoded(columns, names, new_values);
    else
      v_type := case op when 'TRUNCATE' then 'R' else left(op, 1) end;
      v_data := pgque._capture_sql(op, relation, columns, key, names, new_values, old_values);
  end case;
  if has_backup and op in ('UPDATE', 'DELETE') then
    v_backup := case encoding when 'json' then pgque._capture_json(columns, names, old_json)
      else pgque._capture_urlencoded(columns, names, old_values) end;
  end if;
  return array[v_type, v_data, format('%I.%I', v_schema, v_table), v_backup, null, null];
end
$$;
