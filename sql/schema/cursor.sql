-- The cursor log: the newest row of each (kind, subject) is its state. An older row is never looked at again.
--   kind s  a subscription: position, open batch, page
--   kind q  the rotation of a queue's event log, kind l that of a shared log (1 tick, 2 cursor, 3 later): see pgque.maint()
--   kind m  the mover of retries: snapshot and time up to which pgque.later has been moved
-- The unique index is what makes a stale writer in REPEATABLE READ fail: it would write a version that is taken.
create table pgque.cursor (
  slot integer not null,
  kind "char" not null,
  subject integer not null,
  version bigint not null,
  changed_at timestamptz not null,
  tick_id bigint,
  tick_time timestamptz,
  snapshot pg_snapshot,
  event_seq bigint,
  id_floor bigint,
  batch_id bigint,
  next_tick_id bigint,
  next_tick_time timestamptz,
  next_snapshot pg_snapshot,
  next_event_seq bigint,
  next_id_floor bigint,
  next_id_ceiling bigint,
  page_after bigint,
  page_until bigint,
  noted_at timestamptz,
  generation bigint,
  is_emptied boolean,
  is_carried boolean
) partition by list (slot);
create table pgque.cursor_0 partition of pgque.cursor for values in (0);
create table pgque.cursor_1 partition of pgque.cursor for values in (1);
create table pgque.cursor_2 partition of pgque.cursor for values in (2);
create unique index cursor_subject on pgque.cursor (slot, kind, subject, version);
create index cursor_batch on pgque.cursor (batch_id) where batch_id is not null;

create sequence pgque.batch_id_seq;

comment on table pgque.cursor is 'The cursor log: states of subscriptions and of rotation, in three slots that rotate';
comment on column pgque.cursor.version is 'counts the states of a subject; the newest counts';
comment on column pgque.cursor.tick_id is 'position: everything up to this tick is acknowledged';
comment on column pgque.cursor.next_tick_id is 'end of the window that is being read; NULL: none; rotation of an event log: nobody can read on from an older tick';
comment on column pgque.cursor.batch_id is 'the open batch; NULL: none';
comment on column pgque.cursor.page_after is 'events of the window up to this id are acknowledged';
comment on column pgque.cursor.noted_at is 'rotation: when this generation began; mover: up to which time it has moved';
comment on column pgque.cursor.generation is 'rotation: the generation that the other columns speak of; of an open batch that was taken over: its first id';
comment on column pgque.cursor.is_emptied is 'rotation: the next slot is empty';
comment on column pgque.cursor.is_carried is 'rotation: what is needed of the previous slot stands in the current one too';
comment on column pgque.cursor.page_until is 'the open batch ends with this event id; NULL: with the window';
