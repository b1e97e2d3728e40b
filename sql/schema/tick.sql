-- The tick log. Invariants that readers of pgque.event and the ticker rely on:
--   every event id that a transaction with ev_txid >= pg_snapshot_xmax(snapshot) draws is above id_floor;
--   every event visible in snapshot has an id at or below id_ceiling;
--   every transaction that drew an id up to id_floor and is not visible in snapshot is listed in its xip, and in owed_by.
-- They hold because producers have their transaction id before they draw an event id, and the ticker reads the sequence,
-- takes the snapshot with pgque._boundary(), and reads the sequence again, in this order.
create table pgque.tick (
  slot integer not null,
  queue_id integer not null,
  tick_id bigint not null,
  tick_time timestamptz not null,
  snapshot pg_snapshot not null,
  event_seq bigint not null,
  id_floor bigint not null,
  id_ceiling bigint not null,
  owed_by xid8[] not null
) partition by list (slot);
create table pgque.tick_0 partition of pgque.tick for values in (0);
create table pgque.tick_1 partition of pgque.tick for values in (1);
create table pgque.tick_2 partition of pgque.tick for values in (2);
create index tick_queue on pgque.tick (queue_id, tick_id);

-- One row that only pgque._boundary() locks, under the lock of the ticker.
create table pgque.latch (
  is_single boolean primary key default true check (is_single)
);
insert into pgque.latch default values;

comment on table pgque.latch is 'A row for the ticker to lock';
comment on table pgque.tick is 'The tick log: the boundaries of batches, in three slots that rotate';
comment on column pgque.tick.event_seq is 'the event sequence at this tick, or what an external ticker gave';
comment on column pgque.tick.owed_by is 'transactions open at this tick that may have drawn event ids before it; when one ends, a tick is due';
