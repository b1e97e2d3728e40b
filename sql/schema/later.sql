-- Retries and delayed sends that are not due yet. Rows are never marked: the mover remembers how far it has come
-- (pgque.cursor, kind m). (owner, ev_id, ev_retry) is the identity of a row: nacked twice, or appended twice around a
-- rotation, it is one. A delayed send has owner 0, the id that send_at() returned and ev_retry 0; the row that cancels it
-- has ev_retry -1, and the same due time, so that the mover meets both at once.
create table pgque.later (
  slot integer not null,
  owner integer not null,
  ev_id bigint not null,
  ev_retry integer not null,
  queue_id integer not null,
  batch_id bigint,
  due_at timestamptz not null,
  txid xid8 not null default pg_current_xact_id(),
  reason text,
  ev_time timestamptz not null,
  ev_type text,
  ev_data text,
  ev_extra1 text,
  ev_extra2 text,
  ev_extra3 text,
  ev_extra4 text
) partition by list (slot);
create table pgque.later_0 partition of pgque.later for values in (0);
create table pgque.later_1 partition of pgque.later for values in (1);
create table pgque.later_2 partition of pgque.later for values in (2);
create unique index later_retry on pgque.later (slot, owner, ev_id, ev_retry);
create index later_due on pgque.later (due_at);
create index later_txid on pgque.later (txid);

create sequence pgque.delayed_id_seq;

comment on table pgque.later is 'Retries and delayed sends with their due times, in three slots that rotate';
comment on column pgque.later.owner is 'the subscription that a retry belongs to; 0: a delayed send';
comment on column pgque.later.batch_id is 'the batch in which it was nacked; of one that was taken over, its first id';
