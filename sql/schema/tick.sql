-- The tick log. Invariant that readers of pgque.event rely on: every event id that a transaction with
-- ev_txid >= pg_snapshot_xmax(snapshot) draws is above id_floor, and every event visible in snapshot is at or below
-- id_ceiling. So the sequence is read once before the snapshot is taken and once after, and producers have
-- their transaction id before they draw an event id.
create table if not exists pgque.tick (
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
create table if not exists pgque.tick_0 partition of pgque.tick for values in (0);
create table if not exists pgque.tick_1 partition of pgque.tick for values in (1);
create table if not exists pgque.tick_2 partition of pgque.tick for values in (2);
create index if not exists tick_queue on pgque.tick (queue_id, tick_id);

comment on table pgque.tick is 'The tick log: the boundaries of batches, in three slots that rotate';
comment on column pgque.tick.event_seq is 'the event sequence at this tick, or what an external ticker gave';
comment on column pgque.tick.owed_by is 'transactions open at this tick that may have drawn event ids before it; when one ends, a tick is due';
