-- Subscriptions. A row never changes: it is what sessions lock (FOR NO KEY UPDATE) before they append to pgque.cursor.
create table if not exists pgque.subscription (
  subscription_id integer primary key generated always as identity,
  queue_id integer not null references pgque.queue,
  consumer_name text not null check (consumer_name <> ''),
  created_at timestamptz not null default now(),
  unique (queue_id, consumer_name)
);

comment on table pgque.subscription is 'Who reads which queue; the state is in pgque.cursor';
