-- What the three capture triggers do: appends the event of one change, unless an option says that there is none, and
-- returns whether the operation itself is to be skipped. changed is the new row, of a DELETE the old one; before is the
-- old row of an UPDATE. Raises invalid_trigger (QU020) and what insert_event() raises.
-- Names of columns come from the row itself: in REPEATABLE READ the catalog may be older than the row.
create or replace function pgque._capture(
  encoding text, op text, timing text, level text, relation oid, trigger_name text, arguments text[],
  changed anyelement, before anyelement) returns boolean
language plpgsql volatile as $$
declare
  v_fields constant text[] := array['ev_type', 'ev_data', 'ev_extra1', 'ev_extra2', 'ev_extra3', 'ev_extra4'];
  v_options constant jsonb := pgque._capture_options(arguments);
  v_skips constant boolean := v_options ? 'SKIP';
  v_row_json constant json := row_to_json(changed);
  v_names constant text[] := array(select json_object_keys(v_row_json));
  v_new constant text[] := pgque._capture_values(format('%s', changed));
  v_old constant text[] := case op when 'UPDATE' then pgque._capture_values(format('%s', before)) else v_new end;
  v_ignored text[];
  v_columns text[];
  v_key text[];
  v_source oid;
  v_event text[];
  v_option record;
begin
  perform pgque._capture_check(op, timing, level, v_skips);
  v_source := pgque._capture_source(relation, trigger_name);
  v_key := pgque._capture_key(v_source);
  if op <> 'TRUNCATE' then
    v_ignored := pgque._capture_columns(v_options ->> 'ignore', v_names);
    v_key := coalesce(nullif(pgque._capture_columns(v_options ->> 'pkey', v_names), '{}'), v_key);
  end if;
  v_columns := pgque._capture_stored(relation, v_names, v_ignored, encoding = 'sql' or timing <> 'AFTER');
  if op = 'UPDATE' and v_options ? 'ignore' and not exists (
    select from unnest(v_names, v_new, v_old) c (name, new, old)
    where c.name = any (v_columns) and c.new is distinct from c.old)
  then
    return v_skips;
  end if;
  if v_options ? 'when' and pgque._capture_evaluate(v_options ->> 'when', op, changed)::boolean is not true then
    return v_skips;
  end if;

  v_event := pgque._capture_fields(encoding, op, relation, v_source, v_columns, v_key, v_options ? 'backup',
    v_names, v_new, v_old, v_row_json, case op when 'UPDATE' then row_to_json(before) else v_row_json end);
  if v_event[2] is null then
    return v_skips;
  end if;
  for v_option in select o.key, o.value from jsonb_each_text(v_options) o where o.key = any (v_fields) loop
    v_event[array_position(v_fields, v_option.key)] := pgque._capture_evaluate(v_option.value, op, changed);
  end loop;
  perform pgque.insert_event(arguments[array_lower(arguments, 1)], v_event[1], v_event[2], v_event[3], v_event[4],
    v_event[5], v_event[6]);
  return v_skips;
end
$$;
