-- The settings that a queue has: columns of pgque.queue with their types, defaults and permitted ranges.
create or replace function pgque._queue_settings() returns setof pgque.queue_setting
language sql immutable as $$
  values
    ('ticker_max_count', 'integer', '500', 'between 1 and 1000000'),
    ('ticker_max_lag', 'interval', '3 seconds', 'between ''0 seconds'' and ''1 day'''),
    ('ticker_idle_period', 'interval', '1 minute', 'between ''10 milliseconds'' and ''1 day'''),
    ('ticker_paused', 'boolean', 'false', 'in (true, false)'),
    ('external_ticker', 'boolean', 'false', 'in (true, false)'),
    ('rotation_period', 'interval', '2 hours', 'between ''1 millisecond'' and ''30 days'''),
    ('max_retries', 'integer', null, 'between 0 and 2147483646'),
    ('max_consumer_lag', 'interval', null, 'between ''1 second'' and ''3650 days'''),
    ('disable_insert', 'boolean', 'false', 'in (true, false)')
$$;
