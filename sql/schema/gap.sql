-- What consumers were moved past, because the setting max_consumer_lag of their queue says so. An ordinary table of few
-- rows: those older than a week leave when the next one comes.
create table pgque.gap (
  queue_id integer not null references pgque.queue on delete cascade,
  subscription_id integer not null references pgque.subscription on delete cascade,
  consumer_name text not null,
  moved_at timestamptz not null default clock_timestamp(),
  tick_id bigint not null,
  tick_time timestamptz not null,
  next_tick_id bigint not null,
  next_tick_time timestamptz not null,
  events bigint not null
);
create index gap_subscription on pgque.gap (subscription_id);
create index gap_moved_at on pgque.gap (moved_at);

comment on table pgque.gap is 'Events that consumers were moved past, as max_consumer_lag of their queue demands';
comment on column pgque.gap.subscription_id is 'the consumer; of a member of a cooperative one that consumer';
comment on column pgque.gap.tick_id is 'the position that the consumer, or the batch of the member, had';
comment on column pgque.gap.next_tick_id is 'the position to which the consumer was moved; of a member the end of what it held';
comment on column pgque.gap.events is 'how many it will not get; above 100,000 an estimate by the event sequence';
