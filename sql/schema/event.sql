-- The event log. Partitioned by log_id, then by slot: one static INSERT serves every queue, the row is routed.
-- The partitions of a queue are made by pgque._attach_event_log().
create table pgque.event (
  log_id integer not null,
  slot integer not null,
  ev_id bigint not null,
  ev_time timestamptz not null default now(),
  ev_txid xid8 not null default pg_current_xact_id(),
  ev_owner integer,
  ev_retry integer,
  ev_type text,
  ev_data text,
  ev_extra1 text,
  ev_extra2 text,
  ev_extra3 text,
  ev_extra4 text
) partition by list (log_id);

comment on table pgque.event is 'The event log: per queue, in three slots that rotate';
comment on column pgque.event.ev_txid is 'the transaction that appended this row (of a retry: the one that moved it here)';
comment on column pgque.event.ev_owner is 'the subscription that asked for this retry; NULL: for every subscription';
comment on column pgque.event.ev_retry is 'how often this event was retried; NULL: never';
