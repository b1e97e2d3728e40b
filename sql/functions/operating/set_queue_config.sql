-- Changes a setting of a queue, named with or without the prefix queue_; NULL sets the default again. Returns 1.
-- Raises queue_not_found (QU001), invalid_queue_config (QU012). Locks the queue's row until the transaction ends.
create or replace function pgque.set_queue_config(queue text, param text, value text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_param constant text := regexp_replace(param, '^queue_', '');
  v_queue pgque.queue := pgque._find_queue(queue);
  v_setting pgque.queue_setting;
  v_value text;
begin
  select s.* into v_setting from pgque._queue_settings() s where s.name = v_param;
  if not found then
    raise exception 'unknown queue setting: %', coalesce(param, 'NULL') using
      errcode = 'QU012', detail = coalesce(param, 'NULL'),
      hint = 'Known are ' || (select string_agg(s.name, ', ' order by s.name) from pgque._queue_settings() s) || '.';
  end if;
  begin
    -- Dynamic, because the type and the range come from the table of settings.
    execute format('select $1::%s::text where $1 is null or $1::%1$s %s', v_setting.type, v_setting.range)
      into strict v_value using coalesce(value, v_setting.default_value);
    execute format('update pgque.queue set %I = $1::%s where queue_id = $2', v_param, v_setting.type)
      using v_value, v_queue.queue_id;
  exception when no_data_found or data_exception then
    raise exception 'invalid value for queue setting %: %', v_param, value using
      errcode = 'QU012', detail = concat_ws(', ', v_param, value),
      hint = format('It is of type %s and must be %s.', v_setting.type, v_setting.range);
  end;
  return 1;
end
$$;

comment on function pgque.set_queue_config(text, text, text) is 'Change a setting of a queue; NULL sets the default again';
grant execute on function pgque.set_queue_config(text, text, text) to pgque_admin;
