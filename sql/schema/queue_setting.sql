-- A row of pgque._queue_settings().
create type pgque.queue_setting as (name text, type text, default_value text, range text);

comment on type pgque.queue_setting is 'A setting of a queue: name, type, default, permitted range';
