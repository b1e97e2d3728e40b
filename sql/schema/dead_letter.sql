-- Messages that were given up. An ordinary table: rows leave when an operator replays or purges them.
create table pgque.dead_letter (
  dl_id bigint primary key generated always as identity,
  dl_time timestamptz not null default now(),
  dl_reason text,
  queue_id integer not null references pgque.queue,
  consumer_name text not null,
  subscription_id integer not null,
  ev_id bigint not null,
  ev_time timestamptz not null,
  ev_retry integer,
  ev_type text,
  ev_data text,
  ev_extra1 text,
  ev_extra2 text,
  ev_extra3 text,
  ev_extra4 text,
  unique (subscription_id, ev_id)
);
create index dead_letter_queue on pgque.dead_letter (queue_id, dl_time);

comment on table pgque.dead_letter is 'Messages that failed more than max_retries times';
