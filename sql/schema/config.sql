-- Settings of the whole install: one row.
create table pgque.config (
  is_single boolean primary key default true check (is_single),
  tick_period_ms integer not null default 100 check (tick_period_ms between 1 and 1000 and 1000 % tick_period_ms = 0),
  log_rotation_period interval not null default '1 hour' check (log_rotation_period > '0 seconds'),
  log_rotation_bytes bigint not null default 8388608 check (log_rotation_bytes > 0),
  stops integer not null default 0,
  schema_version integer not null default 0,
  upgraded_at timestamptz
);
insert into pgque.config (schema_version) values (:schema_version);

comment on table pgque.config is 'Settings of the whole install; one row';
comment on column pgque.config.tick_period_ms is 'pause between two ticks of ticker_loop(), in milliseconds';
comment on column pgque.config.log_rotation_period is 'how often the shared logs (tick, cursor, later) rotate while they are written to';
comment on column pgque.config.log_rotation_bytes is 'size of a slot from which on the tick and cursor logs rotate at once';
comment on column pgque.config.stops is 'calls of stop(): a loop that began before the last one leaves';
comment on column pgque.config.schema_version is 'how many migrations the tables have behind them';
comment on column pgque.config.upgraded_at is 'since when functions of an earlier version wait to be dropped; NULL: there are none';
