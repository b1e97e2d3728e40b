-- A row of pgque._queue_settings().
do $$
begin
  if pg_catalog.to_regtype('pgque.queue_setting') is null then
    create type pgque.queue_setting as (name text, type text, default_value text, range text);
  end if;
end
$$;

comment on type pgque.queue_setting is 'A setting of a queue: name, type, default, permitted range';
