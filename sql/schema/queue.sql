-- Queues. queue_id is never used twice; log_id numbers a partition of pgque.event, which outlives its queue and
-- serves a later one. Ticks and cursors go by queue_id, so the new queue cannot meet what its predecessor left there.
create table pgque.queue (
  queue_id integer primary key generated always as identity,
  queue_name text not null unique check (queue_name <> '' and octet_length(queue_name) <= 57),
  log_id integer not null unique,
  event_seq regclass not null,
  generation_seq regclass not null,
  epoch integer not null,
  created_at timestamptz not null default now(),
  ticker_max_count integer not null default 500,
  ticker_max_lag interval not null default '3 seconds',
  ticker_idle_period interval not null default '1 minute',
  ticker_paused boolean not null default false,
  external_ticker boolean not null default false,
  rotation_period interval not null default '2 hours',
  max_retries integer,
  disable_insert boolean not null default false,
  max_consumer_lag interval
);

-- Partitions of dropped queues, empty, waiting for the next create_queue.
create table pgque.retired_log (
  log_id integer primary key
);

create sequence pgque.log_id_seq;

comment on table pgque.queue is 'Queues and their settings';
comment on column pgque.queue.log_id is 'the partition of pgque.event that holds the events';
comment on column pgque.queue.event_seq is 'sequence of event ids';
comment on column pgque.queue.generation_seq is 'generation of the event log: appends go to slot (generation % 3)';
comment on column pgque.queue.epoch is 'the bits of the generation above 40: they count the queues that the event log has served';
comment on column pgque.queue.max_consumer_lag is 'a consumer that has had something to read for longer is moved when rotation needs the slot that it holds; NULL: never';
comment on column pgque.queue.max_retries is 'redeliveries before a message goes to the dead letters; NULL is 5';
comment on table pgque.retired_log is 'Partitions of pgque.event whose queue was dropped';
