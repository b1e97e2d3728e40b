-- Subscriptions. A row never changes: it is what sessions lock (FOR NO KEY UPDATE) before they append to pgque.cursor.
create table pgque.subscription (
  subscription_id integer primary key generated always as identity,
  queue_id integer not null references pgque.queue,
  consumer_name text not null check (consumer_name <> ''),
  parent_id integer references pgque.subscription,
  created_at timestamptz not null default now(),
  unique (queue_id, consumer_name)
);
create index subscription_parent on pgque.subscription (parent_id) where parent_id is not null;

comment on column pgque.subscription.consumer_name is 'of a member of a cooperative consumer: <consumer>.<member>';
comment on column pgque.subscription.parent_id is 'the cooperative consumer that this member belongs to; it keeps the position of the group';
comment on table pgque.subscription is 'Who reads which queue; the state is in pgque.cursor';
