-- The arguments of a capture trigger that follow the name of the queue, as an object: SKIP and backup are true, every
-- other option is the text behind its "=". Raises invalid_trigger (QU020).
create or replace function pgque._capture_options(arguments text[]) returns jsonb
language plpgsql immutable as $$
declare
  v_argument text;
  v_option text;
  v_value text;
  v_options jsonb := '{}'::jsonb;
begin
  if coalesce(cardinality(arguments), 0) = 0 then
    raise exception 'trigger argument missing: the queue' using
      errcode = 'QU020', hint = 'The first argument is the name of a queue, as in pgque.jsontriga(''orders'').';
  end if;
  foreach v_argument in array arguments[array_lower(arguments, 1) + 1 :] loop
    v_option := split_part(v_argument, '=', 1);
    v_value := substr(v_argument, length(v_option) + 2);
    if v_argument in ('SKIP', 'backup') then
      v_options := v_options || jsonb_build_object(v_argument, true);
    elsif v_value <> '' and v_option in
      ('ignore', 'pkey', 'when', 'ev_type', 'ev_data', 'ev_extra1', 'ev_extra2', 'ev_extra3', 'ev_extra4')
    then
      v_options := v_options || jsonb_build_object(v_option, v_value);
    else
      raise exception 'unknown trigger argument: %', v_argument using
        errcode = 'QU020', detail = v_argument,
        hint = 'Known are SKIP, backup, ignore=columns, pkey=columns, when=expression, and ev_type=, ev_data=, ev_extra1= to ev_extra4=expression.';
    end if;
  end loop;
  return v_options;
end
$$;
