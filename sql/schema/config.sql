-- Settings of the whole install: one row.
create table if not exists pgque.config (
  is_single boolean primary key default true check (is_single),
  tick_period_ms integer not null default 100 check (tick_period_ms between 1 and 1000 and 1000 % tick_period_ms = 0),
  log_rotation_period interval not null default '1 hour' check (log_rotation_period > '0 seconds'),
  log_rotation_bytes bigint not null default 8388608 check (log_rotation_bytes > 0),
  stops integer not null default 0
);
-- Asked first, because adding a column locks out who reads the settings, even when there is nothing to do.
do $$
begin
  if not exists (
    select from pg_catalog.pg_attribute a where a.attrelid = 'pgque.config'::regclass and a.attname = 'stops') then
    alter table pgque.config add column stops integer not null default 0;
  end if;
end
$$;
insert into pgque.config default values on conflict do nothing;

comment on table pgque.config is 'Settings of the whole install; one row';
comment on column pgque.config.tick_period_ms is 'pause between two ticks of ticker_loop(), in milliseconds';
comment on column pgque.config.log_rotation_period is 'how often the shared logs (tick, cursor, later) rotate while they are written to';
comment on column pgque.config.log_rotation_bytes is 'size of a slot from which on the tick and cursor logs rotate at once';
comment on column pgque.config.stops is 'calls of stop(): a loop that began before the last one leaves';
