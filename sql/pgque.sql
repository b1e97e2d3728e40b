-- PgQue: a durable event stream inside PostgreSQL that never bloats.
-- SPDX-License-Identifier: Apache-2.0
-- Version 0.2.0, schema version 3
-- Generated from sql/schema, sql/functions and sql/migrations by sql/build.ts.
-- Install, or upgrade, in one transaction: psql --single-transaction -f pgque.sql

-- schema/schema.sql
-- The schema, and a lock that makes installs in one database queue up behind each other. Not a session lock: a pooler
-- could leave that behind.
-- Raises newer_version_installed (QU024) when this file is older than what it is run over, and duplicate_schema (42P06)
-- when that is not PgQue: uninstall() would take it along.
do $$
declare
  v_version text;
  v_schema_version integer;
begin
  perform pg_catalog.set_config('client_min_messages', 'warning', true);
  perform pg_catalog.pg_advisory_xact_lock(7170, 1);
  -- Asked first, because "if not exists" wants CREATE on the database even when there is nothing to do.
  if pg_catalog.to_regnamespace('pgque') is null then
    create schema pgque;
  elsif pg_catalog.to_regclass('pgque.config') is not null then
    select pgque.version(), coalesce((pg_catalog.to_jsonb(c) ->> 'schema_version')::integer, 0)
    into strict v_version, v_schema_version from pgque.config c;
    if v_schema_version > 3
      or pg_catalog.string_to_array(pg_catalog.substring(v_version, '^[0-9.]+'), '.')::integer[]
        > pg_catalog.string_to_array(pg_catalog.substring('0.2.0', '^[0-9.]+'), '.')::integer[] then
      raise exception 'a newer version is installed: %', v_version using
        errcode = 'QU024', detail = pg_catalog.format('installed: %s, schema version %s; this file: %s, schema version %s',
          v_version, v_schema_version, '0.2.0', 3),
        hint = pg_catalog.format('Nothing was changed. Install PgQue %s or later.', v_version);
    end if;
    -- The functions are replaced before the tables have the columns that they use.
    perform pg_catalog.set_config('check_function_bodies', 'off', true);
  elsif exists (select from pg_catalog.pg_class c where c.relnamespace = 'pgque'::regnamespace)
    or exists (select from pg_catalog.pg_proc p where p.pronamespace = 'pgque'::regnamespace) then
    raise exception 'schema "pgque" holds something else' using
      errcode = 'duplicate_schema', hint = 'Nothing was changed. Drop that schema, or build PgQue for another one.';
  end if;
end
$$;

comment on schema pgque is 'PgQue: a durable event stream in logs that are appended, rotated and truncated';

-- schema/roles.sql
-- Roles belong to the whole cluster: another database may be creating or granting them right now, which is no error.
-- pgque_capture is for nobody to be a member of: see schema/capture.sql.
do $$
declare
  v_role name;
  v_member name;
begin
  foreach v_role in array array['pgque_reader', 'pgque_writer', 'pgque_admin', 'pgque_capture']::name[] loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
        execute pg_catalog.format('create role %I nologin', v_role);
      end if;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;

  for v_role, v_member in
    values ('pgque_reader', 'pgque_admin'), ('pgque_writer', 'pgque_admin'), ('pgque_writer', 'pgque_capture')
  loop
    for v_attempt in 1 .. 10 loop
      begin
        exit when exists (
          select from pg_catalog.pg_auth_members m
          where m.roleid = v_role::regrole and m.member = v_member::regrole);
        execute pg_catalog.format('grant %I to %I', v_role, v_member);
        exit;
      exception when unique_violation or internal_error then  -- "tuple concurrently updated" is XX000
        if v_attempt = 10 then
          raise;
        end if;
        perform pg_catalog.pg_sleep(0.02 * v_attempt);
      end;
    end loop;
  end loop;
end
$$;

grant usage on schema pgque to pgque_reader, pgque_writer, pgque_admin;

-- schema/config.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.config') is null then
-- Settings of the whole install: one row.
create table pgque.config (
  is_single boolean primary key default true check (is_single),
  tick_period_ms integer not null default 100 check (tick_period_ms between 1 and 1000 and 1000 % tick_period_ms = 0),
  log_rotation_period interval not null default '1 hour' check (log_rotation_period > '0 seconds'),
  log_rotation_bytes bigint not null default 8388608 check (log_rotation_bytes > 0),
  stops integer not null default 0,
  schema_version integer not null default 0,
  upgraded_at timestamptz
);
insert into pgque.config (schema_version) values (3);

comment on table pgque.config is 'Settings of the whole install; one row';
comment on column pgque.config.tick_period_ms is 'pause between two ticks of ticker_loop(), in milliseconds';
comment on column pgque.config.log_rotation_period is 'how often the shared logs (tick, cursor, later) rotate while they are written to';
comment on column pgque.config.log_rotation_bytes is 'size of a slot from which on the tick and cursor logs rotate at once';
comment on column pgque.config.stops is 'calls of stop(): a loop that began before the last one leaves';
comment on column pgque.config.schema_version is 'how many migrations the tables have behind them';
comment on column pgque.config.upgraded_at is 'since when functions of an earlier version wait to be dropped; NULL: there are none';
  end if;
end
$relation$;

-- schema/queue.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.queue') is null then
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
  end if;
end
$relation$;

-- schema/queue_setting.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.queue_setting') is null then
-- A row of pgque._queue_settings().
create type pgque.queue_setting as (name text, type text, default_value text, range text);

comment on type pgque.queue_setting is 'A setting of a queue: name, type, default, permitted range';
  end if;
end
$relation$;

-- schema/event.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.event') is null then
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
  end if;
end
$relation$;

-- schema/tick.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.tick') is null then
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
  end if;
end
$relation$;

-- schema/doorbell.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.doorbell') is null then
-- The doorbell of a ticker that sleeps: until which second since 1970 it wants to be rung; 0: nobody sleeps. A sequence,
-- because producers read it with each event: that needs no snapshot, and costs a fraction of a microsecond. It expires,
-- so that a ticker that died asleep does not make producers ring for ever.
create sequence if not exists pgque.doorbell minvalue 0 start 0;
  end if;
end
$relation$;

-- schema/cursor.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.cursor') is null then
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
  end if;
end
$relation$;

-- schema/later.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.later') is null then
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
  end if;
end
$relation$;

-- schema/subscription.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.subscription') is null then
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
  end if;
end
$relation$;

-- schema/gap.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.gap') is null then
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
  end if;
end
$relation$;

-- schema/dead_letter.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.dead_letter') is null then
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
  end if;
end
$relation$;

-- schema/message.sql
do $relation$
begin
  if pg_catalog.to_regclass('pgque.message') is null then
-- The row type that receive() returns and nack() takes.
create type pgque.message as (
  msg_id bigint,
  batch_id bigint,
  type text,
  payload text,
  retry_count integer,
  created_at timestamptz,
  extra1 text,
  extra2 text,
  extra3 text,
  extra4 text
);

comment on type pgque.message is 'A received event; retry_count is NULL on the first delivery';
  end if;
end
$relation$;

-- schema/generations.sql
-- Generations of the shared logs. Sequences, because these are not transactional: a REPEATABLE READ transaction that
-- began hours ago still reads today's generation. They start at 3, so that the two generations before exist.
-- Only setval() may move them: nextval() logs 32 values ahead, and after a crash the generation would jump.
create sequence if not exists pgque.tick_generation;
create sequence if not exists pgque.cursor_generation;
create sequence if not exists pgque.later_generation;
do $$
declare
  v_sequence text;
begin
  foreach v_sequence in array array['tick', 'cursor', 'later'] loop
    if pg_catalog.pg_sequence_last_value(pg_catalog.format('pgque.%I', v_sequence || '_generation')::regclass) is null then
      perform pg_catalog.setval(pg_catalog.format('pgque.%I', v_sequence || '_generation')::regclass, 3);
    end if;
  end loop;
end
$$;

-- functions/inner/_former_functions.sql
-- Functions of earlier versions that are still there: they are gone from this one, or their parameters or results have
-- changed. Calls that are under way during an upgrade may need them, so that they are dropped later: see
-- _drop_former_functions(). is_replaced says that this version has one of the same name, which takes the calls of the
-- former one as well; that one gets another name meanwhile.
create or replace function pgque._former_functions(out function regprocedure, out is_replaced boolean) returns setof record
language sql stable as $$
  select f.function, f.is_replaced
  from (
    select pg_catalog.to_regprocedure('pgque.' || l.signature), l.is_replaced
    from (values
      ('_count_batch(pgque.cursor)', false),
      ('_due_ats(bigint[], interval[], text[])', true),
      ('_give_back(bigint, bigint[], timestamptz[], text[], integer)', true),
      ('_next_window(pgque.cursor, integer)', true),
      ('_tick(integer)', true),
      ('nack(bigint, bigint[], interval[], text[])', true),
      ('settle(bigint, bigint[], interval[], text[])', true)) l (signature, is_replaced)
    union all
    select p.oid, false
    from pg_catalog.pg_proc p
    where p.pronamespace = 'pgque'::regnamespace and p.proname operator(pg_catalog.~) '^_former_[0-9]+$') f (function, is_replaced)
  where f.function is not null
$$;

-- migrations/set_aside.sql
-- A former function that is in the way of a new one of its name makes room. Not dropped: it may be running.
do $$
declare
  v_function regprocedure;
begin
  for v_function in select f.function from pgque._former_functions() f where f.is_replaced loop
    execute pg_catalog.format('alter routine %s rename to %I', v_function, '_former_' || v_function::oid);
  end loop;
end
$$;

-- functions/inner/_queue_settings.sql
-- The settings that a queue has: columns of pgque.queue with their types, defaults and permitted ranges.
create or replace function pgque._queue_settings() returns setof pgque.queue_setting
language sql immutable as $$
  values
    ('ticker_max_count', 'integer', '500', 'between 1 and 1000000'),
    ('ticker_max_lag', 'interval', '3 seconds', 'between ''0 seconds'' and ''1 day'''),
    ('ticker_idle_period', 'interval', '1 minute', 'between ''10 milliseconds'' and ''1 day'''),
    ('ticker_paused', 'boolean', 'false', 'in (true, false)'),
    ('external_ticker', 'boolean', 'false', 'in (true, false)'),
    ('rotation_period', 'interval', '2 hours', 'between ''1 millisecond'' and ''30 days'''),
    ('max_retries', 'integer', null, 'between 0 and 2147483646'),
    ('max_consumer_lag', 'interval', null, 'between ''1 second'' and ''3650 days'''),
    ('disable_insert', 'boolean', 'false', 'in (true, false)')
$$;

-- functions/inner/_state.sql
-- The state of a subject: its newest row over the current and the previous slot of pgque.cursor; all NULL when there is
-- none. Reads again when the log rotated meanwhile. May raise serialization_failure (40001) in REPEATABLE READ and
-- SERIALIZABLE: see _require_seen_generation.
create or replace function pgque._state(kind "char", subject integer) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_state pgque.cursor;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    -- One probe for each slot: asked about both at once, PostgreSQL would read and sort every state of the subject.
    select n.* into v_state
    from (
      (select c.* from pgque.cursor c
       where c.slot = v_generation % 3 and c.kind = _state.kind and c.subject = _state.subject order by c.version desc limit 1)
      union all
      (select p.* from pgque.cursor p
       where p.slot = (v_generation + 2) % 3 and p.kind = _state.kind and p.subject = _state.subject order by p.version desc limit 1)) n
    order by n.version desc limit 1;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    perform pgque._require_seen_generation(2, v_generation);
  end if;
  return v_state;
end
$$;

-- functions/inner/_advance.sql
-- Advances a log to its next generation, whose slot is empty. Returns 1.
-- The mark comes before the sequence moves: transactions in REPEATABLE READ that begin after the commit see both.
create or replace function pgque._advance(kind "char", subject integer, generation_seq regclass, generation bigint)
returns integer
language plpgsql volatile as $$
begin
  perform pgque._append_state(pgque._rotation_mark(kind, subject, generation + 1));
  perform setval(generation_seq, generation + 1);
  return 1;
end
$$;

-- functions/inner/_append_delayed.sql
-- Appends a delayed send, or the row that cancels one. Once more when the log rotated meanwhile: the slot may have been
-- carried already, and two rows of one identity are one.
create or replace function pgque._append_delayed(delayed pgque.later) returns void
language plpgsql volatile as $$
declare
  v_generation bigint;
begin
  delayed.txid := pg_current_xact_id();
  loop
    v_generation := pg_sequence_last_value('pgque.later_generation');
    delayed.slot := (v_generation % 3)::integer;
    insert into pgque.later values (delayed.*) on conflict (slot, owner, ev_id, ev_retry) do nothing;
    exit when pg_sequence_last_value('pgque.later_generation') = v_generation;
  end loop;
  perform pgque._ring();
end
$$;

-- functions/inner/_append_events.sql
-- Appends events in one statement and returns their ids in the order of the payloads. Either one type for all, or one
-- for each. What holds for the order of transaction id and event id, and for rotation, is said in insert_event().
create or replace function pgque._append_events(
  queue_name text, type_name text, type_names text[], payloads text[], extras text[]) returns bigint[]
language plpgsql volatile as $$
declare
  v_queue pgque.queue;
  v_generation bigint;
  v_txid xid8;
  v_ids bigint[];
begin
  if cardinality(payloads) = 0 then
    return '{}'::bigint[];
  end if;
  select q.* into v_queue from pgque.queue q where q.queue_name = _append_events.queue_name;
  if v_queue.disable_insert is distinct from false then
    perform pgque._refuse_insert(queue_name);
  end if;

  v_txid := pg_current_xact_id();
  v_generation := pg_sequence_last_value(v_queue.generation_seq);
  if type_names is null then
    with appended as (
      insert into pgque.event (log_id, slot, ev_id, ev_txid, ev_type, ev_data)
      select v_queue.log_id, v_generation % 3, nextval(v_queue.event_seq), v_txid, type_name, payload
      from unnest(payloads) payload
      returning ev_id)
    select array_agg(ev_id) into v_ids from appended;
  else
    with appended as (
      insert into pgque.event (log_id, slot, ev_id, ev_txid, ev_type, ev_data, ev_extra1)
      select v_queue.log_id, v_generation % 3, nextval(v_queue.event_seq), v_txid, u.type_name, u.payload, u.extra
      from unnest(payloads, type_names, extras) u (payload, type_name, extra)
      returning ev_id)
    select array_agg(ev_id) into v_ids from appended;
  end if;
  if pg_sequence_last_value(v_queue.generation_seq) > v_generation + 1 or v_generation >> 40 <> v_queue.epoch then
    perform pgque._rotated_away();
  end if;
  perform pgque._ring(queue_name);
  return v_ids;
end
$$;

-- functions/inner/_append_external_tick.sql
-- Appends a tick with a snapshot taken now and notifies the queue's channel.
create or replace function pgque._append_external_tick(
  queue pgque.queue, tick_id bigint, tick_time timestamptz, event_seq bigint, id_floor bigint) returns void
language plpgsql volatile as $$
declare
  v_snapshot constant pg_snapshot := pgque._boundary();
begin
  perform pgque._append_tick(queue.queue_id, tick_id, tick_time, v_snapshot, event_seq, id_floor,
    coalesce(pg_sequence_last_value(queue.event_seq), 0), array(select pg_snapshot_xip(v_snapshot)));
  perform pg_notify('pgque_' || queue.queue_name, tick_id::text);
end
$$;

-- functions/inner/_append_state.sql
-- Appends the next state of a subject; slot, version and time are set here. The caller holds the lock of the subject.
-- When the log rotated between reading the generation and appending, the row stands in a slot that may have been
-- carried already: it is appended once more. Two rows of one version are the same state.
-- In REPEATABLE READ and SERIALIZABLE another transaction may have taken this version unseen, and that raises
-- serialization_failure (40001) if the row meets the other in the unique index of one slot. The other stands in the
-- current slot or, when the log rotated since, in the previous one: the row goes into both.
create or replace function pgque._append_state(state pgque.cursor) returns void
language plpgsql volatile as $$
declare
  v_generation bigint;
begin
  state.version := coalesce(state.version, 0) + 1;
  state.changed_at := clock_timestamp();
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
      state.slot := ((v_generation + 2) % 3)::integer;
      insert into pgque.cursor values (state.*) on conflict (slot, kind, subject, version) do nothing;
      state.slot := (v_generation % 3)::integer;
      insert into pgque.cursor values (state.*) on conflict (slot, kind, subject, version) do nothing;
    else
      state.slot := (v_generation % 3)::integer;
      insert into pgque.cursor values (state.*);
    end if;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;
end
$$;

-- functions/inner/_append_tick.sql
-- Appends a tick. Again, when the log rotated meanwhile: the row may stand in a slot that has been carried already, and
-- readers take two rows of one tick for one.
create or replace function pgque._append_tick(
  queue_id integer, tick_id bigint, tick_time timestamptz, snapshot pg_snapshot,
  event_seq bigint, id_floor bigint, id_ceiling bigint, owed_by xid8[]) returns void
language plpgsql volatile as $$
declare
  v_generation bigint;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    insert into pgque.tick values (
      v_generation % 3, queue_id, tick_id, tick_time, snapshot, event_seq, id_floor, id_ceiling, owed_by);
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
end
$$;

-- functions/inner/_attach_event_log.sql
-- Makes a partition of pgque.event with three slots, their indexes and its sequences. Built aside and then attached, because ATTACH
-- takes a lock on the parent that producers do not notice, where CREATE … PARTITION OF would stop them all.
create or replace function pgque._attach_event_log(log_id integer) returns void
language plpgsql volatile as $$
declare
  v_log constant text := 'event_' || log_id;
begin
  execute format('create table pgque.%I (like pgque.event including defaults) partition by list (slot)', v_log);
  for v_slot in 0 .. 2 loop
    execute format('create table pgque.%I partition of pgque.%I for values in (%s)', v_log || '_' || v_slot, v_log, v_slot);
    execute format('create index %I on pgque.%I (ev_id)', v_log || '_' || v_slot || '_id', v_log || '_' || v_slot);
    execute format('create index %I on pgque.%I (ev_txid, ev_id) where ev_owner is null',
      v_log || '_' || v_slot || '_txid', v_log || '_' || v_slot);
    execute format('create index %I on pgque.%I (ev_owner, ev_txid, ev_id) where ev_owner is not null',
      v_log || '_' || v_slot || '_owner', v_log || '_' || v_slot);
  end loop;
  execute format('alter table pgque.event attach partition pgque.%I for values in (%s)', v_log, log_id);
  execute format('create sequence pgque.%I', v_log || '_id');
  execute format('create sequence pgque.%I', v_log || '_generation');
  perform setval(format('pgque.%I', v_log || '_generation')::regclass, 3);
  execute format('grant select on pgque.%I, pgque.%I, pgque.%I, pgque.%I, pgque.%I, pgque.%I to pgque_reader',
    v_log, v_log || '_0', v_log || '_1', v_log || '_2', v_log || '_id', v_log || '_generation');
end
$$;

-- functions/inner/_batch_query.sql
-- The query that reads the events of a subscription's window, or the open page of it, in the order of their ids.
-- With s1 the snapshot of the position and s2 that of the window's end, an event is in the window when s2 sees its
-- transaction and s1 does not. Each slot is asked up to three questions, each of one index, in the order of the ids:
--   recent   ids between the floor of s1 and the ceiling of s2: all events of transactions that began after s1 are there;
--   early    ids up to the floor, of transactions that were open at s1, one transaction after the other; the tick knows which
--            of them may have some: it lists its own transaction as open, which mostly has none;
--   retried  what this subscription asked for again, old ids, one transaction of the mover after the other.
-- So a page costs what it returns, also in a window of millions, and also when one transaction wrote them all.
-- "(…) is true" keeps a condition a filter: with unlucky statistics the planner would read the index on ev_txid
-- and sort the whole window for each page. The oldest slot is left out when it was quiet before s1 was taken:
-- a reader that touched it would stand in the way of rotation until its transaction ends.
-- The queue is that of the subscription, unless it is given: then every subject may be asked about.
create or replace function pgque._batch_query(
  state pgque.cursor, select_list text, max_rows bigint, queue pgque.queue default null) returns text
language plpgsql volatile as $$
declare
  v_owner integer := state.subject;
  v_generation bigint;
  v_mark pgque.cursor;
  v_xmax1 constant xid8 := pg_snapshot_xmax(state.snapshot);
  v_xmax2 constant xid8 := pg_snapshot_xmax(state.next_snapshot);
  v_after constant bigint := coalesce(state.page_after, 0);
  v_until constant bigint := coalesce(state.page_until, 9223372036854775807);
  v_limit constant text := coalesce('limit ' || max_rows, '');
  v_open xid8[];       -- begun after s1 and open at s2
  v_owed xid8[];       -- open at s1 and ended by s2
  v_in_window text;
  v_early xid8[];      -- of those, who may have drawn ids up to the floor
  v_lowest xid8;
  v_retried xid8[];
  v_slot bigint;
  v_leaf text;
  v_leaves text[] := '{}'::text[];
  v_parts text[] := '{}'::text[];
begin
  if queue.queue_id is null then
    queue := pgque._queue_of(state.subject);
    v_owner := pgque._owner(state.subject);
  end if;
  v_generation := pg_sequence_last_value(queue.generation_seq);
  v_mark := pgque._state('q', queue.queue_id);

  v_open := array(select x from pg_snapshot_xip(state.next_snapshot) x where x >= v_xmax1);
  v_owed := array(select pg_snapshot_xip(state.snapshot) except select pg_snapshot_xip(state.next_snapshot));
  v_early := case when v_after < state.id_floor then array(
    select x from unnest(v_owed) x where x = any (coalesce(pgque._tick_owed_by(queue.queue_id, state.tick_id), v_owed))) end;
  v_lowest := coalesce((select x from unnest(v_owed) x order by x limit 1), v_xmax1);
  v_in_window := format('ev_txid >= %L::xid8 and ev_txid < %L::xid8', v_xmax1, v_xmax2)
    || case when v_open <> '{}' then format(' and ev_txid <> all (%L::xid8[])', v_open) else '' end
    || case when v_owed <> '{}' then format(' or ev_txid = any (%L::xid8[])', v_owed) else '' end;

  foreach v_slot in array array[v_generation % 3, (v_generation + 2) % 3, (v_generation + 1) % 3] loop
    continue when v_slot = (v_generation + 1) % 3
      and v_mark.generation = v_generation and v_xmax1 > pg_snapshot_xmax(v_mark.snapshot);
    v_leaf := format('pgque.%I', 'event_' || queue.log_id || '_' || v_slot);
    -- What is in the window was appended before its ticks.
    continue when v_slot <> v_generation % 3 and pg_relation_size(v_leaf::regclass) = 0;
    v_leaves := v_leaves || v_leaf;
    v_parts := v_parts || format(
      '(select * from %s where ev_id > %s and ev_id <= %s and (ev_owner is null) is true and (%s) is true order by ev_id %s)',
      v_leaf, greatest(v_after, state.id_floor), least(v_until, state.next_id_ceiling), v_in_window, v_limit);
    if v_early <> '{}' then
      v_parts := v_parts || format(
        '(select o.* from unnest(%L::xid8[]) x, lateral (select * from %s'
        ' where (ev_txid, ev_id) > (x, %s) and (ev_txid, ev_id) <= (x, %s) and ev_owner is null'
        ' order by ev_txid, ev_id %s) o order by o.ev_id %5$s)',
        v_early, v_leaf, v_after, least(v_until, state.id_floor), v_limit);
    end if;
  end loop;
  foreach v_leaf in array pgque._slots_with_retries(v_leaves, v_owner, v_lowest, v_xmax2) loop
    v_retried := pgque._retry_txids(v_leaf, v_owner, v_lowest, v_xmax2, v_in_window);
    continue when v_retried = '{}';
    v_parts := v_parts || format(
      '(select o.* from unnest(%L::xid8[]) x, lateral (select * from %s'
      ' where (ev_owner, ev_txid, ev_id) > (%s, x, %s) and (ev_owner, ev_txid, ev_id) <= (%3$s, x, %5$s)'
      ' and ev_owner is not null order by ev_owner, ev_txid, ev_id %6$s) o order by o.ev_id %6$s)',
      v_retried, v_leaf, v_owner, v_after, v_until, v_limit);
  end loop;
  return format('select %s from (%s) e order by ev_id %s', select_list, array_to_string(v_parts, ' union all '), v_limit);
end
$$;

-- functions/inner/_begin_maint.sql
-- True when this transaction may rotate: nobody else is rotating, and it has not rotated before.
-- Raises isolation_not_supported (QU013).
create or replace function pgque._begin_maint(function_name text) returns boolean
language plpgsql volatile as $$
begin
  perform pgque._require_read_committed(function_name);
  if current_setting('pgque.maint_ran', true) = 'yes' or not pg_try_advisory_xact_lock(7170, 4) then
    return false;
  end if;
  perform set_config('pgque.maint_ran', 'yes', true);
  return true;
end
$$;

-- functions/inner/_blank_snapshot.sql
-- A snapshot that sees nothing.
create or replace function pgque._blank_snapshot() returns pg_snapshot
language sql immutable as $$
  select '1:1:'::pg_catalog.pg_snapshot
$$;

-- functions/inner/_boundary.sql
-- The snapshot for a tick, taken now. The caller has read the event sequences before: see pgque.tick.
create or replace function pgque._boundary() returns pg_snapshot
language plpgsql volatile as $$
begin
  -- Every transaction id assigned before this point must be below the xmax of the snapshot: then a running transaction
  -- that it does not list got its id after the sequences were read. By itself a snapshot does not say so: its xmax is one
  -- above the last id that was completed, not the last that was assigned. A subtransaction that has an id, from
  -- locking a row, and is rolled back counts as completed.
  begin
    perform from pgque.latch for no key update;
    raise exception using errcode = 'QUTIC', message = 'rolled back', hint = 'Never seen by a caller.';
  exception when sqlstate 'QUTIC' then
    null;
  end;
  return (select pgque._with_own_xid(pg_current_snapshot()));
end
$$;

-- functions/inner/_capture.sql
-- What the three capture triggers do: appends the event of one change, unless an option says that there is none, and
-- returns whether the operation itself is to be skipped. changed is the new row, of a DELETE the old one; before is the
-- old row of an UPDATE. Raises invalid_trigger (QU020) and what insert_event() raises.
-- Names of columns come from the row itself: in REPEATABLE READ the catalog may be older than the row.
create or replace function pgque._capture(
  encoding text, op text, timing text, level text, relation oid, trigger_name text, arguments text[],
  changed anyelement, before anyelement) returns boolean
language plpgsql volatile as $$
declare
  v_fields constant text[] := array['ev_type', 'ev_data', 'ev_extra1', 'ev_extra2', 'ev_extra3', 'ev_extra4'];
  v_options constant jsonb := pgque._capture_options(arguments);
  v_skips constant boolean := v_options ? 'SKIP';
  v_row_json constant json := row_to_json(changed);
  v_names constant text[] := array(select json_object_keys(v_row_json));
  v_new constant text[] := pgque._capture_values(format('%s', changed));
  v_old constant text[] := case op when 'UPDATE' then pgque._capture_values(format('%s', before)) else v_new end;
  v_ignored text[];
  v_columns text[];
  v_key text[];
  v_source oid;
  v_event text[];
  v_option record;
begin
  perform pgque._capture_check(op, timing, level, v_skips);
  v_source := pgque._capture_source(relation, trigger_name);
  v_key := pgque._capture_key(v_source);
  if op <> 'TRUNCATE' then
    v_ignored := pgque._capture_columns(v_options ->> 'ignore', v_names);
    v_key := coalesce(nullif(pgque._capture_columns(v_options ->> 'pkey', v_names), '{}'), v_key);
  end if;
  v_columns := pgque._capture_stored(relation, v_names, v_ignored, encoding = 'sql' or timing <> 'AFTER');
  if op = 'UPDATE' and v_options ? 'ignore' and not exists (
    select from unnest(v_names, v_new, v_old) c (name, new, old)
    where c.name = any (v_columns) and c.new is distinct from c.old)
  then
    return v_skips;
  end if;
  if v_options ? 'when' and pgque._capture_evaluate(v_options ->> 'when', op, changed)::boolean is not true then
    return v_skips;
  end if;

  v_event := pgque._capture_fields(encoding, op, relation, v_source, v_columns, v_key, v_options ? 'backup',
    v_names, v_new, v_old, v_row_json, case op when 'UPDATE' then row_to_json(before) else v_row_json end);
  if v_event[2] is null then
    return v_skips;
  end if;
  for v_option in select o.key, o.value from jsonb_each_text(v_options) o where o.key = any (v_fields) loop
    v_event[array_position(v_fields, v_option.key)] := pgque._capture_evaluate(v_option.value, op, changed);
  end loop;
  perform pgque.insert_event(arguments[array_lower(arguments, 1)], v_event[1], v_event[2], v_event[3], v_event[4],
    v_event[5], v_event[6]);
  return v_skips;
end
$$;

-- functions/inner/_capture_check.sql
-- Raises invalid_trigger (QU020) when a capture trigger was created so that it cannot do its work.
create or replace function pgque._capture_check(op text, timing text, level text, skips boolean) returns void
language plpgsql immutable as $$
begin
  if level = 'STATEMENT' and op <> 'TRUNCATE' then
    raise exception 'a capture trigger fires for each row' using
      errcode = 'QU020', hint = 'Create it FOR EACH ROW; only TRUNCATE is captured FOR EACH STATEMENT.';
  end if;
  if skips and (timing = 'AFTER' or op = 'TRUNCATE') then
    raise exception 'a trigger with SKIP fires before the row changes' using
      errcode = 'QU020', hint = 'Create it BEFORE INSERT, UPDATE or DELETE, FOR EACH ROW.';
  end if;
end
$$;

-- functions/inner/_capture_columns.sql
-- The columns that an option lists, separated by commas, each as it is spelled in the catalog; in double quotes a name
-- may hold anything. Empty for NULL. Raises invalid_trigger (QU020) when the row has no such column.
create or replace function pgque._capture_columns(list text, known text[]) returns text[]
language plpgsql immutable as $$
declare
  v_column text;
  v_columns text[] := '{}'::text[];
begin
  if list is null then
    return v_columns;
  end if;
  for v_column in
    select btrim(m[1]) from regexp_matches(list || ',', '\s*("(?:[^"]|"")*"|[^,]*)\s*,', 'g') m
  loop
    if v_column ~ '^".*"$' and v_column <> all (known) then
      v_column := replace(substr(v_column, 2, length(v_column) - 2), '""', '"');
    end if;
    if v_column <> all (known) then
      raise exception 'no such column: %', v_column using
        errcode = 'QU020', detail = v_column, hint = 'The options ignore= and pkey= list columns of the table.';
    end if;
    v_columns := v_columns || v_column;
  end loop;
  return v_columns;
end
$$;

-- functions/inner/_capture_condition.sql
-- The condition that finds a row by these columns. Where all columns are the key, one whose type has no equality of its
-- own (json, xml, point) is compared as text.
create or replace function pgque._capture_condition(
  relation oid, columns text[], is_whole_row boolean, names text[], "values" text[]) returns text
language plpgsql stable as $$
begin
  return (
    select string_agg(case
        when r.value is null then format('%I is null', r.name)
        when is_whole_row and not pgque._capture_has_equality(relation, r.name) then format('%I::text=%L', r.name, r.value)
        else format('%I=%L', r.name, r.value)
      end, ' and ' order by array_position(columns, r.name))
    from unnest(names, "values") r (name, value)
    where r.name = any (columns));
end
$$;

-- functions/inner/_capture_evaluate.sql
-- The value of an expression that is an argument of a trigger, as text. It sees the columns of the row, and tg_op; for
-- TRUNCATE tg_op only. It is SQL of whoever created the trigger: see schema/capture.sql for whose rights it has.
create or replace function pgque._capture_evaluate(expression text, op text, changed anyelement) returns text
language plpgsql volatile as $$
declare
  v_value text;
begin
  -- Dynamic, because the expression is. The line break ends a comment at its end.
  if op = 'TRUNCATE' then
    execute format(E'select (%s\n)::pg_catalog.text from (select $1 as tg_op) change', expression) into v_value using op;
  else
    execute format(
      E'select (select (%s\n)::pg_catalog.text from (select ($2).*) changed) from (select $1 as tg_op) change', expression)
      into v_value using op, changed;
  end if;
  return v_value;
end
$$;

-- functions/inner/_capture_fields.sql
-- Type, data and the four extras of the event of a change. row_json and old_json, names with new_values and old_values
-- are the rows whole; of these go into the event what columns lists. Its data is NULL when there is nothing to tell.
create or replace function pgque._capture_fields(
  encoding text, op text, relation oid, source oid, columns text[], key text[], has_backup boolean,
  names text[], new_values text[], old_values text[], row_json json, old_json json) returns text[]
language plpgsql stable as $$
declare
  v_schema text;
  v_table text;
  v_type text;
  v_data text;
  v_backup text;
begin
  select n.nspname::text, c.relname::text into v_schema, v_table
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = source;
  case encoding
    when 'json' then
      v_type := format('{"op":"%s","table":[%s,%s],"pkey":[%s]}', op, to_json(v_schema), to_json(v_table),
        (select string_agg(to_json(k.name)::text, ',' order by k.n) from unnest(key) with ordinality k (name, n)));
      v_data := pgque._capture_json(columns, names, row_json);
    when 'urlencoded' then
      v_type := case op when 'TRUNCATE' then 'R' else left(op, 1) || ':' || array_to_string(key, ',') end;
      v_data := pgque._capture_urlencoded(columns, names, new_values);
    else
      v_type := case op when 'TRUNCATE' then 'R' else left(op, 1) end;
      v_data := pgque._capture_sql(op, relation, columns, key, names, new_values, old_values);
  end case;
  if has_backup and op in ('UPDATE', 'DELETE') then
    v_backup := case encoding when 'json' then pgque._capture_json(columns, names, old_json)
      else pgque._capture_urlencoded(columns, names, old_values) end;
  end if;
  return array[v_type, v_data, format('%I.%I', v_schema, v_table), v_backup, null, null];
end
$$;

-- functions/inner/_capture_has_equality.sql
-- Whether the values of a column can be compared for equality, by the default operator class of its type. A false no
-- does little harm: the caller compares as text then.
create or replace function pgque._capture_has_equality(relation oid, column_name text) returns boolean
language plpgsql stable as $$
declare
  v_type pg_type;
begin
  select t.* into v_type
  from pg_attribute a join pg_type d on d.oid = a.atttypid
  join pg_type t on t.oid = case when d.typtype = 'd' then d.typbasetype else d.oid end
  where a.attrelid = relation and a.attname = column_name;
  if v_type.typcategory = 'A' then
    select t.* into v_type from pg_type t where t.oid = v_type.typelem;
  end if;
  return v_type.typtype in ('e', 'r', 'm') or exists (
    select from pg_opclass o
    where o.opcdefault and o.opcmethod in (403, 405) and (o.opcintype = v_type.oid or exists (
      select from pg_cast c
      where c.castsource = v_type.oid and c.casttarget = o.opcintype and c.castmethod = 'b' and c.castcontext = 'i')));
end
$$;

-- functions/inner/_capture_json.sql
-- A row as JSON, of these columns only, in the order of the table.
create or replace function pgque._capture_json(columns text[], names text[], row_json json) returns text
language plpgsql immutable as $$
begin
  if columns = names then
    return coalesce(row_json::text, '{}');
  end if;
  return (
    select coalesce('{' || string_agg(to_json(r.key)::text || ':' || r.value::text, ',' order by r.n) || '}', '{}')
    from json_each(row_json) with ordinality r (key, value, n)
    where r.key = any (columns));
end
$$;

-- functions/inner/_capture_key.sql
-- The columns of a table's primary key in the order of the index; empty when it has none.
create or replace function pgque._capture_key(relation oid) returns text[]
language plpgsql stable as $$
begin
  return array(
    select a.attname::text
    from pg_index i
    join pg_attribute a on a.attrelid = relation and a.attnum = any ((i.indkey::int2[])[: i.indnkeyatts - 1])
    where i.indrelid = relation and i.indisprimary
    order by array_position(i.indkey::int2[], a.attnum));
end
$$;

-- functions/inner/_capture_options.sql
-- The arguments of a capture trigger that follow the name of the queue, as an object: SKIP and backup are true, every
-- other option is the text behind its "=". Raises invalid_trigger (QU020).
create or replace function pgque._capture_options(arguments text[]) returns jsonb
language plpgsql immutable as $$
declare
  v_argument text;
  v_option text;
  v_value text;
  v_options jsonb := '{}'::jsonb;
begin
  if coalesce(cardinality(arguments), 0) = 0 then
    raise exception 'trigger argument missing: the queue' using
      errcode = 'QU020', hint = 'The first argument is the name of a queue, as in pgque.jsontriga(''orders'').';
  end if;
  foreach v_argument in array arguments[array_lower(arguments, 1) + 1 :] loop
    v_option := split_part(v_argument, '=', 1);
    v_value := substr(v_argument, length(v_option) + 2);
    if v_argument in ('SKIP', 'backup') then
      v_options := v_options || jsonb_build_object(v_argument, true);
    elsif v_value <> '' and v_option in
      ('ignore', 'pkey', 'when', 'ev_type', 'ev_data', 'ev_extra1', 'ev_extra2', 'ev_extra3', 'ev_extra4')
    then
      v_options := v_options || jsonb_build_object(v_option, v_value);
    else
      raise exception 'unknown trigger argument: %', v_argument using
        errcode = 'QU020', detail = v_argument,
        hint = 'Known are SKIP, backup, ignore=columns, pkey=columns, when=expression, and ev_type=, ev_data=, ev_extra1= to ev_extra4=expression.';
    end if;
  end loop;
  return v_options;
end
$$;

-- functions/inner/_capture_source.sql
-- The table that CREATE TRIGGER named. A trigger of a partitioned table fires as a copy of it on a partition.
create or replace function pgque._capture_source(relation oid, trigger_name text) returns oid
language plpgsql stable as $$
declare
  v_source oid;
  v_parent oid;
begin
  select t.tgrelid, t.tgparentid into v_source, v_parent
  from pg_trigger t where t.tgrelid = relation and t.tgname = trigger_name;
  while v_parent <> 0 loop
    select t.tgrelid, t.tgparentid into v_source, v_parent from pg_trigger t where t.oid = v_parent;
  end loop;
  return coalesce(v_source, relation);
end
$$;

-- functions/inner/_capture_sql.sql
-- The part of the statement that sqltriga() emits: "(columns) values (values)", "column=value where condition", or
-- "condition"; an empty key is all columns. NULL when an UPDATE changed none of the columns: there is nothing to repeat.
create or replace function pgque._capture_sql(
  op text, relation oid, columns text[], key text[], names text[], new_values text[], old_values text[]) returns text
language plpgsql stable as $$
declare
  v_where text;
begin
  if op in ('UPDATE', 'DELETE') then
    v_where := pgque._capture_condition(relation, case key when '{}' then columns else key end, key = '{}', names, old_values);
    if v_where is null then
      raise exception 'no column is left to find the row by' using
        errcode = 'QU020', detail = relation::regclass::text, hint = 'Name the key with pkey=, or ignore fewer columns.';
    end if;
  end if;
  if op = 'UPDATE' then
    return (
      select string_agg(format('%I=%L', r.name, r.new), ',' order by r.n) || ' where ' || v_where
      from unnest(names, new_values, old_values) with ordinality r (name, new, old, n)
      where r.name = any (columns) and r.new is distinct from r.old);
  end if;
  if op = 'INSERT' then
    return (
      select case count(*) when 0 then 'default values' else format('(%s)%s values (%s)', string_agg(format('%I', r.name), ',' order by r.n),
        case when exists (
          select from pg_attribute a where a.attrelid = relation and a.attname = any (columns) and a.attidentity = 'a')
        then ' overriding system value' end,
        string_agg(format('%L', r.value), ',' order by r.n)) end
      from unnest(names, new_values) with ordinality r (name, value, n)
      where r.name = any (columns));
  end if;
  return coalesce(v_where, '');
end
$$;

-- functions/inner/_capture_stored.sql
-- The columns of a row that have a value, without those to ignore. A generated column has none before the row is
-- stored, a virtual one never has. without_generated leaves out the stored ones too.
create or replace function pgque._capture_stored(relation oid, names text[], ignored text[], without_generated boolean)
returns text[]
language plpgsql stable as $$
declare
  v_without constant text[] := ignored || array(
    select a.attname::text from pg_attribute a
    where a.attrelid = relation and a.attnum > 0 and (a.attgenerated = 'v' or a.attgenerated = 's' and without_generated));
begin
  if v_without = '{}' then
    return names;
  end if;
  return array(select r.name from unnest(names) with ordinality r (name, n) where r.name <> all (v_without) order by r.n);
end
$$;

-- functions/inner/_capture_urlencode.sql
-- Percent-encoded UTF-8, a blank as "+".
create or replace function pgque._capture_urlencode(value text) returns text
language plpgsql immutable strict as $$
begin
  if value !~ '[^A-Za-z0-9_.-]' then
    return value;
  end if;
  return (
    select string_agg(coalesce(m[1],
      replace(regexp_replace(encode(convert_to(m[2], 'UTF8'), 'hex'), '(..)', '%\1', 'g'), '%20', '+')), '' order by n)
    from regexp_matches(value, '([A-Za-z0-9_.-]+)|([^A-Za-z0-9_.-]+)', 'g') with ordinality r (m, n));
end
$$;

-- functions/inner/_capture_urlencoded.sql
-- A row as column=value&column=value, of these columns only; a NULL has no "=".
create or replace function pgque._capture_urlencoded(columns text[], names text[], "values" text[]) returns text
language plpgsql immutable as $$
begin
  return (
    select coalesce(string_agg(
      pgque._capture_urlencode(r.name) || coalesce('=' || pgque._capture_urlencode(r.value), ''), '&' order by r.n), '')
    from unnest(names, "values") with ordinality r (name, value, n)
    where r.name = any (columns));
end
$$;

-- functions/inner/_capture_values.sql
-- The values of a row in the order of its columns, as their types write them; NULL where there is none. They are read
-- from the text of the whole row ('' when there is no row): that takes no cast of a user, and no plan that a change of
-- the table would outdate.
create or replace function pgque._capture_values(row_text text) returns text[]
language plpgsql immutable as $$
declare
  v_fields constant text := substr(nullif(row_text, ''), 2, length(row_text) - 2);
begin
  if v_fields !~ '"' then
    return case when v_fields = '' then '{null}' else string_to_array(v_fields, ',', '') end;
  end if;
  return array(
    select case
      when m[1] like '"%' then replace(replace(substr(m[1], 2, length(m[1]) - 2), '""', '"'), '\\', '\')
      else nullif(m[1], '')
    end
    from regexp_matches(v_fields || ',', '("(?:[^"\\]|""|\\\\)*"|[^",]*),', 'g') with ordinality r (m, n)
    order by r.n);
end
$$;

-- functions/inner/_carry_retries.sql
-- Copies what is not moved yet from the previous slot to the current one, and retries whose batch is still open: a message
-- nacked again must find its first retry, also when another member has taken the batch over. The copies keep the transaction
-- id by which the mover tells what it has seen. The caller holds SHARE on the previous slot and the lock of the mover.
create or replace function pgque._carry_retries(current_generation bigint) returns void
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._state('m', 0);
  v_open constant bigint[] := array(
    select coalesce(c.generation, c.batch_id) from pgque._states('s') c where c.batch_id is not null);
  v_row pgque.later;
begin
  for v_row in
    select l.*
    from pgque.later l
    left join pgque.subscription s on s.subscription_id = l.owner
    join pgque.queue q on q.queue_id = l.queue_id and (l.owner = 0 or s.subscription_id is not null)
    where l.slot = (current_generation + 2) % 3
      and (l.due_at > v_mover.noted_at
        or not pg_visible_in_snapshot(l.txid, v_mover.snapshot)
        or l.batch_id = any (v_open))
      and not exists (
        select from pgque.later n
        where n.slot = current_generation % 3 and n.owner = l.owner and n.ev_id = l.ev_id and n.ev_retry = l.ev_retry)
  loop
    v_row.slot := (current_generation % 3)::integer;
    insert into pgque.later values (v_row.*);
  end loop;
end
$$;

-- functions/inner/_carry_states.sql
-- Copies the newest state of each living subject to the current slot, where it stands in the previous one.
-- The caller holds SHARE on the previous slot.
create or replace function pgque._carry_states(current_generation bigint) returns void
language plpgsql volatile as $$
declare
  v_row pgque.cursor;
begin
  for v_row in
    select n.*
    from (
      select 's'::"char" as kind, s.subscription_id as subject from pgque.subscription s
      union all select 'q', q.queue_id from pgque.queue q
      union all select 'l', l from generate_series(1, 3) l
      union all select 'm', 0) x
    cross join lateral (
      select c.* from pgque.cursor c
      where c.slot in (current_generation % 3, (current_generation + 2) % 3) and c.kind = x.kind and c.subject = x.subject
      order by c.version desc limit 1) n
    where n.slot = (current_generation + 2) % 3
  loop
    v_row.slot := (current_generation % 3)::integer;
    -- A state that was appended while the log rotated stands in both slots already.
    insert into pgque.cursor values (v_row.*) on conflict (slot, kind, subject, version) do nothing;
  end loop;
end
$$;

-- functions/inner/_carry_ticks.sql
-- Copies the ticks that are still needed from the previous slot to the current one: the newest of each queue, and those
-- after the position of the queue's slowest subscription, thinned so that a window holds ticker_max_count events.
-- The caller holds SHARE on the previous slot.
create or replace function pgque._carry_ticks(current_generation bigint) returns void
language plpgsql volatile as $$
declare
  v_tick record;
  v_row pgque.tick;
  v_queue_id integer;
  v_kept_seq bigint;
begin
  for v_tick in
    select t as tick, q.ticker_max_count, coalesce(p.event_seq, t.event_seq) as position_seq,
      t.tick_id = max(t.tick_id) over (partition by t.queue_id) as is_newest
    from pgque.queue q
    left join lateral (
      select c.tick_id, c.event_seq
      from pgque.subscription s cross join lateral pgque._state('s', s.subscription_id) c
      where s.queue_id = q.queue_id order by c.tick_id limit 1) p on true
    join pgque.tick t on t.queue_id = q.queue_id and t.slot = (current_generation + 2) % 3
    where t.tick_id > p.tick_id
      or not exists (
        select from pgque.tick n
        where n.slot in (current_generation % 3, (current_generation + 2) % 3) and n.queue_id = q.queue_id and n.tick_id > t.tick_id)
    order by t.queue_id, t.tick_id
  loop
    v_row := v_tick.tick;
    if v_row.queue_id is distinct from v_queue_id then
      v_queue_id := v_row.queue_id;
      v_kept_seq := v_tick.position_seq;
    end if;
    if v_tick.is_newest or v_row.event_seq - v_kept_seq >= v_tick.ticker_max_count then
      v_kept_seq := v_row.event_seq;
      v_row.slot := (current_generation % 3)::integer;
      insert into pgque.tick values (v_row.*);
    end if;
  end loop;
end
$$;

-- functions/inner/_check_cluster.sql
-- health(): what a restore left for rebase() to repair. Transaction ids that are stored lie in the future of this cluster
-- when it is another one; and a dump that was taken while the logs rotated may have states and ticks in slots that are not
-- read, or not at all.
create or replace function pgque._check_cluster(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_found record;
  v_next numeric;
  v_generation bigint;
  v_mark pgque.cursor;
begin
  status := 'fail';
  hint := 'This database was restored from a dump. Call pgque.rebase() before producers and consumers go on.';
  for v_found in
    select q.queue_name, max(x.xid) as xid
    from (
      select t.queue_id, pg_snapshot_xmax(t.snapshot)::text::numeric as xid from pgque._newest_ticks() t
      union all
      select s.queue_id, greatest(pg_snapshot_xmax(c.snapshot)::text::numeric, pg_snapshot_xmax(c.next_snapshot)::text::numeric)
      from pgque._states('s') c join pgque.subscription s on s.subscription_id = c.subject
      union all
      select m.subject, pg_snapshot_xmax(m.snapshot)::text::numeric from pgque._states('q') m
      union all
      -- A queue that nobody ticks has its newest ids in its events.
      select q.queue_id, pgque._newest_event_xid(q.log_id)::text::numeric + 1
      from pgque.queue q join pgque._newest_ticks() t on t.queue_id = q.queue_id
      where t.tick_time < clock_timestamp() - interval '1 minute' and pg_sequence_last_value(q.event_seq) > t.id_floor
      union all
      select null, pg_snapshot_xmax(m.snapshot)::text::numeric from pgque._state('m', 0) m
      union all
      (select null, l.txid::text::numeric + 1 from pgque.later l
       where l.txid is distinct from pg_current_xact_id_if_assigned() order by l.txid desc limit 1)) x
    left join pgque.queue q on q.queue_id = x.queue_id
    group by q.queue_name
  loop
    -- Only now: what was stored meanwhile is not of the future.
    v_next := pg_snapshot_xmax(pgque._newest_snapshot())::text::numeric;
    if v_found.xid > v_next then
      queue_name := v_found.queue_name;
      detail := format('transaction id %s is stored%s, but this cluster has only come to %s', v_found.xid,
        case when queue_name is null then ' with the retries' else '' end, v_next);
      return next;
    end if;
  end loop;

  queue_name := null;
  for v_log in 1 .. 3 loop
    -- In this order: the log may advance in between.
    v_generation := pg_sequence_last_value(format('pgque.%I', (array['tick', 'cursor', 'later'])[v_log] || '_generation')::regclass);
    v_mark := pgque._state('l', v_log);
    if not pgque._is_carried_to(v_mark, v_generation) then
      detail := format('the %s log rotated while it was dumped', (array['tick', 'cursor', 'later'])[v_log]);
      return next;
    end if;
  end loop;
  for v_found in
    select q.queue_id, q.queue_name from pgque.queue q where q.epoch <> pg_sequence_last_value(q.generation_seq) >> 40
  loop
    -- Looked at twice: by now a queue that was being dropped is gone.
    if exists (select from pgque.queue q where q.queue_id = v_found.queue_id) then
      queue_name := v_found.queue_name;
      detail := 'another queue took over its event log while it was dumped';
      return next;
    end if;
  end loop;
  return query
    select 'fail', q.queue_name, 'the queue has no tick'::text, hint
    from pgque.queue q where not exists (select from pgque._newest_ticks() t where t.queue_id = q.queue_id);
  return query
    select 'fail', q.queue_name, format('the state of consumer "%s" is missing', s.consumer_name), hint
    from pgque.queue q join pgque.subscription s on s.queue_id = q.queue_id
    -- A new member has none.
    where s.parent_id is null and not exists (select from pgque._states('s') c where c.subject = s.subscription_id);
end
$$;

-- functions/inner/_check_consumers.sql
-- health(): consumers that have stood still, or been behind, for half an hour; one row for each queue that has any. Fails
-- when one keeps the event log from rotating for longer than a rotation period.
create or replace function pgque._check_consumers(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
begin
  return query
    select case when bool_or(c.holds_rotation and c.stuck_for > q.rotation_period) then 'fail' else 'warn' end, c.queue_name,
      (array_agg(
        format('consumer "%s": %s for %s, %s are held for it', c.consumer_name,
          case c.reason when 'batch open' then format('batch %s open', c.batch_id) else c.reason end,
          date_trunc('second', c.stuck_for), pg_size_pretty(c.held_bytes))
        order by c.stuck_for desc))[1]
        || case when count(*) > 1 then format('; and %s more', count(*) - 1) else '' end,
      'See pgque.stuck_consumers(). Run the consumer, acknowledge or finish its batch, or end its subscription with pgque.unsubscribe().'::text
    from pgque.stuck_consumers('30 minutes') c
    join pgque.queue q on q.queue_name = c.queue_name
    group by c.queue_name;
end
$$;

-- functions/inner/_check_dead_letters.sql
-- health(): queues that got dead letters within the last hour.
create or replace function pgque._check_dead_letters(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
begin
  return query
    select 'warn', q.queue_name,
      format('%s new in the last hour; the last: %s', case when d.arrived = 10000 then '10000 or more' else d.arrived::text end,
        coalesce('consumer "' || n.consumer_name || '", ' || left(n.dl_reason, 200), 'without a reason')),
      'See pgque.dlq_inspect(). What was mended can be sent again with pgque.dlq_replay_all().'::text
    from pgque.queue q
    cross join lateral (
      select count(*) as arrived
      from (select from pgque.dead_letter d
        where d.queue_id = q.queue_id and d.dl_time > clock_timestamp() - interval '1 hour' limit 10000) d) d
    cross join lateral (
      select d.consumer_name, d.dl_reason from pgque.dead_letter d where d.queue_id = q.queue_id order by d.dl_time desc limit 1) n
    where d.arrived > 0;
end
$$;

-- functions/inner/_check_gaps.sql
-- health(): consumers that were moved past events within the last week, as max_consumer_lag demands; one row for each queue
-- that has any.
create or replace function pgque._check_gaps(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
begin
  return query
    select 'warn', q.queue_name,
      string_agg(format('consumer "%s" was moved past %s events, from tick %s (%s) to tick %s (%s), last at %s', g.consumer_name, g.events,
        g.tick_id, g.tick_time::timestamptz(0), g.next_tick_id, g.next_tick_time::timestamptz(0), g.moved_at::timestamptz(0)),
        '; ' order by g.moved_at desc),
      'It was further behind than max_consumer_lag of the queue. See pgque.gap; a week after the last move this warning ends.'::text
    from (
      select g.queue_id, g.consumer_name, sum(g.events) as events, min(g.tick_id) as tick_id, min(g.tick_time) as tick_time,
        max(g.next_tick_id) as next_tick_id, max(g.next_tick_time) as next_tick_time, max(g.moved_at) as moved_at
      from pgque.gap g where g.moved_at > clock_timestamp() - interval '7 days'
      group by g.queue_id, g.consumer_name) g
    join pgque.queue q on q.queue_id = g.queue_id
    group by q.queue_name;
end
$$;

-- functions/inner/_check_pg_cron.sql
-- health(): pg_cron in this database that is too old for schedules of seconds.
create or replace function pgque._check_pg_cron(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql stable as $$
declare
  v_version constant text := pgque._cron_version();
begin
  if v_version is null then
    return query select 'ok', null::text, 'pg_cron is not in this database'::text, null::text;
  elsif pgque._cron_has_seconds(v_version) then
    return query select 'ok', null::text, 'pg_cron ' || v_version, null::text;
  else
    return query select 'warn', null::text, 'pg_cron ' || v_version || ' has no schedules of seconds',
      'pgque.start() then keeps a job running for each minute. Update to pg_cron 1.5 or later for jobs that start every second.'::text;
  end if;
end
$$;

-- functions/inner/_check_retries.sql
-- health(): retries and delayed sends that are overdue because nobody moves them. Warns after 30 seconds, fails after 5 minutes. What
-- was due before its transaction committed is not late yet, so only those count that a tick of half a minute ago has seen.
create or replace function pgque._check_retries(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_before constant timestamptz := clock_timestamp() - interval '30 seconds';
  v_tick_generation bigint;
begin
  lock table pgque.tick in access share mode;
  v_tick_generation := pg_sequence_last_value('pgque.tick_generation');
  return query
    select case when min(d.due_at) < v_before - interval '270 seconds' then 'fail' else 'warn' end, q.queue_name,
      format('%s retries and delayed sends are overdue, the first since %s', count(distinct (d.owner, d.ev_id, d.ev_retry)), min(d.due_at)::timestamptz(0)),
      'Call pgque.maint_retry_events() every few seconds; pgque.start() schedules it with pg_cron.'::text
    from pgque._unmoved(10000) d
    join pgque.queue q on q.queue_id = d.queue_id
    left join pgque.subscription s on s.subscription_id = d.owner
    cross join lateral (
      select t.snapshot from pgque.tick t
      where t.slot in (v_tick_generation % 3, (v_tick_generation + 2) % 3) and t.queue_id = q.queue_id and t.tick_time <= v_before
      order by t.tick_id desc limit 1) t
    where d.due_at < v_before and pg_visible_in_snapshot(d.txid, t.snapshot) and (s.subscription_id is not null or d.owner = 0 and d.ev_retry = 0)
    group by q.queue_name;
end
$$;

-- functions/inner/_check_rotation.sql
-- health(): rotation that is due and does not come, and what holds it. Warns 10 minutes after it was due, fails after
-- an hour, or after another rotation period where that is longer. An event log is due when rotation_period has passed and
-- something was sent since it rotated; of that only ticks speak, so that a queue that wakes from a long rest is not late.
create or replace function pgque._check_rotation(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_tick_generation bigint;
  v_late record;
begin
  lock table pgque.tick in access share mode;
  v_tick_generation := pg_sequence_last_value('pgque.tick_generation');
  for v_late in
    select q as queue, m as mark, greatest(coalesce(m.noted_at, q.created_at) + q.rotation_period, f.tick_time) as due_at
    from pgque.queue q
    left join pgque._states('q') m on m.subject = q.queue_id
    cross join lateral (
      select t.tick_time from pgque.tick t
      where t.slot in (v_tick_generation % 3, (v_tick_generation + 2) % 3)
        and t.queue_id = q.queue_id and t.id_floor > coalesce(m.event_seq, 0)
      order by t.tick_id limit 1) f
    where v_now > coalesce(m.noted_at, q.created_at) + q.rotation_period + interval '10 minutes'
      and v_now > f.tick_time + interval '10 minutes'
  loop
    status := case when v_now > v_late.due_at + greatest(interval '1 hour', (v_late.queue).rotation_period) then 'fail' else 'warn' end;
    queue_name := (v_late.queue).queue_name;
    select h.detail, h.hint into detail, hint from pgque._rotation_holder(v_late.queue, v_late.mark) h;
    detail := format('the event log should have rotated at %s: ', v_late.due_at::timestamptz(0)) || detail;
    return next;
  end loop;

  queue_name := null;
  for v_late in
    select l.log, d.due_at, h.holder
    from (values (1, 'tick'), (2, 'cursor'), (3, 'later')) l (subject, log)
    cross join pgque.config c
    cross join lateral (select s.* from pgque._state('l', l.subject) s) m
    -- Without queues nobody needs to call maint().
    cross join lateral (
      select greatest(m.noted_at, min(q.created_at)) + c.log_rotation_period as due_at from pgque.queue q having count(*) > 0) d
    cross join lateral (select pg_sequence_last_value(format('pgque.%I', l.log || '_generation')::regclass) as generation) g
    -- Not emptied: the next slot could not be locked. Else, if not carried: the previous one could not.
    cross join lateral (
      select pgque._slot_holder(format('pgque.%I', l.log || '_' || (g.generation + case when m.is_emptied then 2 else 1 end) % 3)::regclass,
        not m.is_emptied) as holder) h
    where v_now > d.due_at + interval '10 minutes'
      and pg_relation_size(format('pgque.%I', l.log || '_' || g.generation % 3)::regclass) > 0
      -- Retries may have come only now, after a long rest; the other logs are written to all the time.
      and (l.log <> 'later' or h.holder is not null)
  loop
    status := case when v_now > v_late.due_at + interval '1 hour' then 'fail' else 'warn' end;
    detail := format('the %s log should have rotated at %s: ', v_late.log, v_late.due_at::timestamptz(0))
      || coalesce(v_late.holder || ' holds a lock on it', 'maint() is not called, or does not come through');
    hint := case
      when v_late.holder is null then 'Call pgque.maint() every few seconds, in a transaction of its own; pgque.start() schedules it with pg_cron.'
      else 'End that transaction. Producers and consumers should commit within minutes.'
    end;
    return next;
  end loop;
end
$$;

-- functions/inner/_check_schedulers.sql
-- health(): more than one scheduler: jobs of the pg_cron in this database that tick, and sessions that ticked all queues
-- within the last minute, told apart by application and address. Best effort: statements of other roles are seen by members
-- of pg_read_all_stats alone, and jobs of other databases not at all.
create or replace function pgque._check_schedulers(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_pattern constant text := '[[:<:]]pgque[.](ticker\s*\(\s*\)|tick_pending\s*\(|ticker_loop\s*\()';
  v_schedulers text[];
begin
  v_schedulers := array(
    select format('application "%s"%s', a.application_name, coalesce(' at ' || host(a.client_addr), ''))
    from pg_stat_activity a
    where a.datname = current_database() and a.backend_type = 'client backend' and a.application_name !~ '^pg_cron'
      and a.pid <> pg_backend_pid() and a.query ~* v_pattern
      and (a.state <> 'idle' or a.state_change > clock_timestamp() - interval '1 minute')
    group by a.application_name, a.client_addr
    order by 1);
  if pgque._cron_version() is not null then
    begin
      -- Dynamic, because the table is there only with pg_cron.
      execute 'select $1 || array(select format(''job "%s" of pg_cron'', coalesce(j.jobname, j.jobid::text)) from cron.job j'
        ' where j.active and j.database = current_database() and j.command ~* $2 order by j.jobid)'
      into v_schedulers using v_schedulers, v_pattern;
    exception when insufficient_privilege or undefined_table or invalid_schema_name then
      null;
    end;
  end if;
  if cardinality(v_schedulers) > 1 then
    return query select 'warn', null::text, array_to_string(v_schedulers, ', ') || ' tick all queues',
      'One is enough. More do no harm, but wait for each other: stop all but one.'::text;
  else
    return query select 'ok', null::text, coalesce(v_schedulers[1] || ' ticks', 'none was seen'), null::text;
  end if;
end
$$;

-- functions/inner/_check_ticker.sql
-- health(): the ticker, from what it has left undone. For certain a queue is due after ticker_idle_period: 10 seconds later
-- it is a warning, a minute later a failure. When its events wait, it is due since ticker_max_lag had passed and the first
-- of them was sent, which is asked for, and a failure after a minute. External tickers have no schedule: events that have
-- waited for ten minutes are a warning.
create or replace function pgque._check_ticker(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_queue record;
  v_due_at timestamptz;
  v_grace interval;
  v_worst timestamptz;
  v_late integer := 0;
  v_holder text;
  v_state pgque.cursor;
begin
  for v_queue in
    select q as queue, t as tick
    from pgque.queue q join pgque._newest_ticks() t on t.queue_id = q.queue_id
    where not q.ticker_paused
      and (not q.external_ticker and v_now > t.tick_time + q.ticker_idle_period + interval '10 seconds'
        or v_now > t.tick_time + case when q.external_ticker then interval '10 minutes' else q.ticker_max_lag + interval '1 minute' end
          and pg_sequence_last_value(q.event_seq) > t.id_floor)
  loop
    v_due_at := case when not (v_queue.queue).external_ticker then (v_queue.tick).tick_time + (v_queue.queue).ticker_idle_period end;
    v_grace := interval '10 seconds';
    if v_due_at is null or v_due_at > v_now then
      v_state.subject := -1;
      v_state.snapshot := (v_queue.tick).snapshot;
      v_state.id_floor := (v_queue.tick).id_floor;
      v_state.next_snapshot := pgque._newest_snapshot();
      v_state.next_id_ceiling := pg_sequence_last_value((v_queue.queue).event_seq);
      -- Dynamic, because the events lie in the tables of their queue.
      execute pgque._batch_query(v_state, 'ev_time', 1, v_queue.queue) into v_due_at;
      v_due_at := case when v_due_at is not null then greatest(v_due_at, (v_queue.tick).tick_time + (v_queue.queue).ticker_max_lag) end;
      v_grace := case when (v_queue.queue).external_ticker then interval '10 minutes' else interval '1 minute' end;
    end if;
    continue when v_due_at is null or v_now < v_due_at + v_grace;
    if (v_queue.queue).external_ticker then
      status := 'warn';
      queue_name := (v_queue.queue).queue_name;
      detail := format('events wait, and the newest tick of the external ticker is of %s', (v_queue.tick).tick_time::timestamptz(0));
      hint := 'Look after the external ticker, or set external_ticker to false.';
      return next;
      continue;
    end if;
    v_late := v_late + 1;
    if v_worst is null or v_due_at < v_worst then
      v_worst := v_due_at;
      queue_name := (v_queue.queue).queue_name;
    end if;
  end loop;
  if v_late = 0 then
    return;
  end if;
  v_holder := (
    select pgque._describe_session(l.pid, l.virtualtransaction) from pg_locks l
    where l.locktype = 'advisory' and l.classid = 7170 and l.objid = 3 and l.objsubid = 2 and l.granted
      and l.database = (select d.oid from pg_database d where d.datname = current_database()) limit 1);
  status := case when v_now > v_worst + interval '1 minute' then 'fail' else 'warn' end;
  detail := format('%s of %s queues wait for a tick, %s since %s', v_late, (select count(*) from pgque.queue),
    queue_name, v_worst::timestamptz(0)) || coalesce('; ' || v_holder || ' holds the lock of the ticker', '');
  hint := case
    when v_holder is not null then 'A ticker must commit after each call: end that transaction.'
    else 'Run pgque.start() with pg_cron, or call pgque.ticker() every second or more often from a process that commits after each call.'
  end;
  if v_late > 1 then
    queue_name := null;
  end if;
  return next;
end
$$;

-- functions/inner/_check_transactions.sql
-- health(): the transaction that has been open longest, also a prepared one. Warns when it is older than 10 minutes and has
-- touched queues, with what it blocks; one that has not is no matter to PgQue, and comes back as ok.
create or replace function pgque._check_transactions(out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile as $$
declare
  v_old record;
begin
  for v_old in
    with old as (
      select a.pid, null::text as virtualtransaction, a.xact_start as since
      from pg_stat_activity a
      where a.datname = current_database() and a.pid <> pg_backend_pid() and a.xact_start < clock_timestamp() - interval '10 minutes'
      union all
      select null, l.virtualtransaction, p.prepared
      from pg_prepared_xacts p
      join pg_locks l on l.locktype = 'transactionid' and l.transactionid = p.transaction and l.pid is null
      where p.database = current_database() and p.prepared < clock_timestamp() - interval '10 minutes')
    select o.*, b.what, b.queues
    from old o
    left join lateral (
      select string_agg(distinct case
            when q.queue_id is not null then format('the rotation of queue "%s"', q.queue_name)
            when c.relname = 'subscription' then 'consumers whose state it has locked'
            else 'the rotation of the shared logs'
          end, ', ') as what,
        array_remove(array_agg(distinct q.queue_name), null) as queues
      from pg_locks l
      join pg_class c on c.oid = l.relation
      left join pgque.queue q on q.log_id = substring(c.relname, '^event_([0-9]+)_[012]$')::integer
      where l.locktype = 'relation' and l.granted and c.relnamespace = 'pgque'::regnamespace
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and (l.pid = o.pid or l.pid is null and l.virtualtransaction = o.virtualtransaction)
        and (c.relname ~ '^(tick|cursor|later)_[012]$' or q.queue_id is not null
          or c.relname = 'subscription' and l.mode <> 'AccessShareLock')) b on true
    order by b.what is null, o.since limit 1
  loop
    status := case when v_old.what is null then 'ok' else 'warn' end;
    queue_name := case when cardinality(v_old.queues) = 1 then v_old.queues[1] end;
    detail := pgque._describe_session(v_old.pid, v_old.virtualtransaction)
      || case when v_old.what is null then '; it blocks nothing of PgQue' else '; it blocks ' || v_old.what end;
    hint := case when v_old.what is not null then 'Commit it or roll it back. What it has sent is not delivered before it commits.' end;
    return next;
  end loop;
end
$$;

-- functions/inner/_claim.sql
-- What a member of a cooperative consumer works on: its open batch, else that of a member that has been silent for
-- dead_interval (NULL: never), else the next page or window of the group. Registers consumer and member when they are
-- missing. The state of the member comes back; without a batch_id when there is nothing, or when another member's open
-- transaction holds the group. Raises what register_subconsumer() raises.
create or replace function pgque._claim(
  queue text, consumer text, subconsumer text, dead_interval interval, max_rows bigint, is_empty_passed boolean,
  min_lag interval default null, min_count integer default null, min_interval interval default null) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue)).queue_id;
  v_group_id integer;
  v_member pgque.cursor;
begin
  perform pgque._require_member_name(consumer, subconsumer);
  if not exists (
    select from pgque.subscription m
    where m.queue_id = v_queue_id and m.consumer_name = consumer || '.' || subconsumer and m.parent_id is not null) then
    perform pgque.register_subconsumer(queue, consumer, subconsumer);
  end if;
  v_group_id := pgque._lock_group(v_queue_id, queue, consumer);
  if v_group_id is null then
    return v_member;
  end if;
  v_member := pgque._lock_member(v_group_id, consumer, subconsumer);
  if v_member.subject is null then
    raise exception 'another session unregistered member %.% of queue %', consumer, subconsumer, queue using
      errcode = 'serialization_failure', hint = 'Run the transaction again: that registers it.';
  end if;
  if v_member.batch_id is null and dead_interval is not null then
    v_member := pgque._take_over(v_member, v_group_id, dead_interval);
  end if;
  if v_member.batch_id is null then
    v_member := pgque._hand_out(v_member, v_group_id, max_rows, is_empty_passed, min_lag, min_count, min_interval);
  end if;
  return v_member;
end
$$;

-- functions/inner/_close_batch.sql
-- Closes a batch for ack() and finish_batch(). Returns 1, or 0 when it is unknown or no longer open.
create or replace function pgque._close_batch(batch_id bigint, is_whole_window boolean) returns integer
language plpgsql volatile as $$
declare
  v_state pgque.cursor;
begin
  v_state := pgque._lock_batch(batch_id);
  if v_state.subject is null then
    return 0;
  end if;
  perform pgque._append_state(pgque._closed_batch(v_state, is_whole_window));
  return 1;
end
$$;

-- functions/inner/_closed_batch.sql
-- The state with its batch closed, up to what receive() returned or the whole window. A member has no position of its
-- own: what it held is behind it, and behind the group already.
create or replace function pgque._closed_batch(state pgque.cursor, is_whole_window boolean) returns pgque.cursor
language plpgsql volatile as $$
begin
  if pgque._owner(state.subject) <> state.subject then
    return pgque._past_window(pgque._past_window(state));
  end if;
  if is_whole_window or state.page_until is null then
    return pgque._past_window(state);
  end if;
  state.page_after := state.page_until;
  state.page_until := null;
  state.batch_id := null;
  return state;
end
$$;

-- functions/inner/_consumers.sql
-- Where the consumers of all queues stand against the newest ticks, in one pass that counts no events.
--   lag                      age of the position while there is something between it and the newest tick, else zero
--   last_seen                since it last moved, opened a batch, or was touched; NULL: never
--   batch_age                since the batch was opened, or its member was touched
--   pending_events_estimate  steps of the event sequence between what is acknowledged and the newest tick: gaps count,
--                            retries and events of transactions that were open at the position count little or not at all
-- A member of a cooperative consumer has only what it holds; that is behind the consumer. At rest it has nothing.
create or replace function pgque._consumers(
  out subscription_id integer, out queue_id integer, out queue_name text, out consumer_name text, out is_member boolean,
  out lag interval, out last_seen interval, out last_tick_id bigint,
  out batch_id bigint, out batch_age interval, out pending_events_estimate bigint)
returns setof record
language plpgsql volatile as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  return query
    select s.subscription_id, q.queue_id, q.queue_name, s.consumer_name, s.parent_id is not null,
      case when s.parent_id is null and t.event_seq > c.event_seq or c.batch_id is not null then greatest(v_now - c.tick_time, '0') else '0' end,
      case when c.changed_at is not null then greatest(v_now - c.changed_at, '0') end, c.tick_id,
      c.batch_id, case when c.batch_id is not null then greatest(v_now - c.changed_at, '0') end,
      greatest(case when s.parent_id is null then t.event_seq else least(c.next_event_seq, c.page_until) end
        - least(greatest(c.event_seq, c.page_after), c.next_event_seq), 0)
    from pgque.queue q
    left join pgque._newest_ticks() t on t.queue_id = q.queue_id
    join pgque.subscription s on s.queue_id = q.queue_id
    left join pgque._states('s') c on c.subject = s.subscription_id;
end
$$;

-- functions/inner/_copy_own_retries.sql
-- Copies retries that this transaction appended from one slot of pgque.later to another. Copies are the same retries: same
-- identity, same due time, same transaction, so that the mover takes them for one.
create or replace function pgque._copy_own_retries(subscription_id integer, msg_ids bigint[], from_slot bigint, to_slot bigint)
returns void
language plpgsql volatile as $$
declare
  v_retry pgque.later;
begin
  for v_retry in
    select l.* from pgque.later l
    where l.slot = from_slot and l.owner = subscription_id and l.ev_id = any (msg_ids) and l.txid = pg_current_xact_id()
  loop
    v_retry.slot := to_slot::integer;
    insert into pgque.later values (v_retry.*) on conflict do nothing;
  end loop;
end
$$;

-- functions/inner/_count_batch.sql
-- How many events an open batch has; 0 when there is none. The queue and the subscription that retries belong to are given:
-- a member that leaves during the call is still counted.
create or replace function pgque._count_batch(state pgque.cursor, queue pgque.queue, owner integer) returns bigint
language plpgsql volatile as $$
declare
  v_count bigint := 0::bigint;
begin
  if state.batch_id is not null then
    state.subject := owner;
    -- Dynamic, because the batch lies in the tables of its queue.
    execute 'select count(*) from (' || pgque._batch_query(state, '1', null, queue) || ') e' into v_count;
  end if;
  return v_count;
end
$$;

-- functions/inner/_count_events.sql
-- How many committed events of a queue a snapshot does not see: what everybody gets, and the retries of one subscription
-- when it is given. Counts rows, not gaps of the sequence. Of events above id_floor those up to page_after are left out.
create or replace function pgque._count_events(
  queue pgque.queue, subscription_id integer, snapshot pg_snapshot, id_floor bigint, page_after bigint default null)
returns bigint
language plpgsql volatile as $$
declare
  v_state pgque.cursor;
  v_count bigint;
begin
  v_state.subject := coalesce(subscription_id, -1);
  v_state.snapshot := snapshot;
  v_state.id_floor := id_floor;
  v_state.page_after := page_after;
  v_state.next_snapshot := pgque._newest_snapshot();
  v_state.next_id_ceiling := coalesce(pg_sequence_last_value(queue.event_seq), 0);
  execute 'select count(*) from (' || pgque._batch_query(v_state, '1', null, queue) || ') e' into v_count;
  return v_count;
end
$$;

-- functions/inner/_cron_advice.sql
-- What to do where pg_cron is not in this database, and no function of it can be called.
create or replace function pgque._cron_advice() returns text
language plpgsql stable as $$
declare
  v_database constant text := pgque._cron_setting('cron.database_name');
  v_version text;
begin
  select e.default_version into v_version from pg_available_extensions e where e.name = 'pg_cron';
  if v_version is null then
    return 'Install pg_cron, or call pgque.ticker_loop() from a scheduler of your own.';
  end if;
  if v_database = current_database() then
    return 'Run "create extension pg_cron" in this database, and start() again.';
  end if;
  return (
    select format('To use a pg_cron in another database, run there%s, as a member of pgque_admin:',
        coalesce(format(', in %I', v_database), ''))
      || string_agg(
        case j.component
          when 'purge_cron_log' then format(E'\nselect cron.schedule(%L, %L, %L);', j.job_name, j.schedule, j.command)
          else format(E'\nselect cron.schedule_in_database(%L, %L, %L, %L);',
            j.job_name, j.schedule, j.command, current_database())
        end, '')
      || format(E'\nTo end it: select cron.unschedule(j.jobname) from cron.job j where j.jobname in (%s);', string_agg(quote_literal(j.job_name), ', '))
    from pgque._cron_jobs(v_version, false) j);
end
$$;

-- functions/inner/_cron_jobs.sql
-- The jobs of this database, for a pg_cron of this version that lives here or in another database. There, their names
-- end with the name of this one, because all databases share its table of jobs. Commands begin with a mark, by which
-- stop() knows our jobs and the purge our rows, also those of jobs that are gone.
create or replace function pgque._cron_jobs(version text, is_here boolean)
returns table (component text, job_name text, schedule text, command text)
language plpgsql stable as $$
declare
  v_has_seconds constant boolean := pgque._cron_has_seconds(version);
  -- The names of jobs have 63 bytes.
  v_room constant integer := 63 - octet_length('pgque' || '_purge_cron_log@');
  v_suffix constant text := case
    when is_here then ''
    when octet_length(current_database()) <= v_room then '@' || current_database()
    else '@' || left(md5(current_database()), v_room)
  end;
  v_repeat constant text := '/* pgque */ do $pgque$ begin for v_call in 1 .. 100 loop '
    'exit when pgque.%s() operator(pg_catalog.=) 0; commit; end loop; end $pgque$';
begin
  return query
    select j.component, 'pgque_' || j.component || v_suffix, j.schedule, j.command
    from (values
      ('ticker',
        case when v_has_seconds then '1 second' else '* * * * *' end,
        format('/* pgque */ call pgque.ticker_loop(''%s'')', case when v_has_seconds then '1 second' else '1 minute' end)),
      ('retry_events', case when v_has_seconds then '30 seconds' else '* * * * *' end, format(v_repeat, 'maint_retry_events')),
      ('maint', case when v_has_seconds then '30 seconds' else '* * * * *' end, format(v_repeat, 'maint')),
      ('purge_cron_log', '0 * * * *', format(
        '/* pgque */ delete from cron.job_run_details d '
        'where d.database operator(pg_catalog.=) %L and pg_catalog.starts_with(d.command, ''/* pgque */'') '
        'and coalesce(d.end_time, d.start_time, ''-infinity'') operator(pg_catalog.<) '
        '(pg_catalog.now() operator(pg_catalog.-) interval ''1 day'')', current_database()))
    ) j (component, schedule, command);
end
$$;

-- functions/inner/_cron_setting.sql
-- A setting of pg_cron; NULL when pg_cron is not loaded, or when only superusers may read its settings.
create or replace function pgque._cron_setting(name text) returns text
language plpgsql stable as $$
begin
  return current_setting(name, true);
exception when insufficient_privilege then
  return null;
end
$$;

-- functions/inner/_cron_version.sql
-- The version of pg_cron in this database; NULL when it is not here. A function of its own, so that tests can pretend.
create or replace function pgque._cron_version() returns text
language sql stable as $$
  select e.extversion from pg_catalog.pg_extension e where e.extname operator(pg_catalog.=) 'pg_cron'
$$;

-- Whether this version of pg_cron has schedules like '1 second'; older ones know minutes only.
create or replace function pgque._cron_has_seconds(version text) returns boolean
language sql immutable as $$
  select pg_catalog.string_to_array(pg_catalog.substring(version, '^[0-9]+(?:[.][0-9]+)*'), '.')::integer[] operator(pg_catalog.>=) '{1,5}'::integer[]
$$;

-- functions/inner/_describe_session.sql
-- A session, or a prepared transaction, as pg_locks names it, in words. A prepared one has no pid, and is found by the lock
-- on its own transaction id: its virtual transaction is that of the session it came from.
create or replace function pgque._describe_session(pid integer, virtual_transaction text) returns text
language plpgsql volatile as $$
begin
  if pid is null then
    return coalesce(
      (select format('prepared transaction "%s", prepared at %s', p.gid, p.prepared::timestamptz(0))
       from pg_prepared_xacts p join pg_locks l on l.locktype = 'transactionid' and l.transactionid = p.transaction
       where l.pid is null and l.virtualtransaction = virtual_transaction),
      'a prepared transaction');
  end if;
  return coalesce(
    (select format('session %s (application "%s", user %s%s)', a.pid, a.application_name, a.usename,
       coalesce(format(', %s, transaction open since %s', a.state, a.xact_start::timestamptz(0)), ''))
     from pg_stat_activity a where a.pid = _describe_session.pid),
    'session ' || pid);
end
$$;

-- functions/inner/_drop_former_functions.sql
-- Drops what an upgrade has left for the calls that were under way: called an hour later.
create or replace function pgque._drop_former_functions() returns void
language plpgsql volatile as $$
declare
  v_function regprocedure;
begin
  for v_function in select f.function from pgque._former_functions() f loop
    execute format('drop routine %s', v_function);
  end loop;
  update pgque.config set upgraded_at = null;
end
$$;

-- functions/inner/_due_ats.sql
-- When messages nacked now are due, from their delays; a missing or NULL delay is 60 seconds.
-- Raises invalid_argument (QU005) for a list of another length than msg_ids, and for an infinite delay.
create or replace function pgque._due_ats(
  msg_ids bigint[], retry_afters interval[], reasons text[], dead boolean[] default null) returns timestamptz[]
language plpgsql volatile as $$
declare
  v_due_ats timestamptz[];
begin
  if msg_ids is null
    or cardinality(retry_afters) <> cardinality(msg_ids) or cardinality(reasons) <> cardinality(msg_ids)
    or cardinality(dead) <> cardinality(msg_ids) then
    raise exception 'retry_afters, reasons and dead must be as long as msg_ids' using errcode = 'QU005',
      detail = format('%s msg_ids, %s retry_afters, %s reasons, %s dead',
        cardinality(msg_ids), cardinality(retry_afters), cardinality(reasons), cardinality(dead)),
      hint = 'Pass one delay, one reason and one true or false for each message, or NULL in place of the whole list.';
  end if;
  select array_agg(clock_timestamp() + coalesce(a.retry_after, '60 seconds') order by a.position) into v_due_ats
  from unnest(msg_ids, retry_afters) with ordinality a (msg_id, retry_after, position);
  if exists (select from unnest(v_due_ats) d where not isfinite(d)) then
    raise exception 'retry_after must be finite' using errcode = 'QU005',
      hint = 'A message that must not come back belongs to the dead letters.';
  end if;
  return v_due_ats;
end
$$;

-- functions/inner/_event_logs_to_rotate.sql
-- The queues, or the one queue, whose event log may be able to move by a phase, found in one statement: with a thousand
-- queues at rest maint() costs little. Those that have waited longest come first.
create or replace function pgque._event_logs_to_rotate(only_queue_id integer) returns setof integer
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.cursor_generation');
begin
  return query
    select q.queue_id
    from pgque.queue q
    left join lateral (
      select c.* from pgque.cursor c
      where c.slot in (v_generation % 3, (v_generation + 2) % 3) and c.kind = 'q' and c.subject = q.queue_id
      order by c.version desc limit 1) m on true
    where (only_queue_id is null or q.queue_id = only_queue_id)
      and (m.generation is distinct from pg_sequence_last_value(q.generation_seq)
        or m.snapshot is null
        or not m.is_emptied
        or clock_timestamp() >= m.noted_at + q.rotation_period and coalesce(pg_sequence_last_value(q.event_seq), 0) is distinct from m.event_seq)
    order by m.changed_at nulls first;
end
$$;

-- functions/inner/_events_per_second.sql
-- The rate of the event sequence between the newest tick and the oldest of the 5 minutes before it; NULL when there is
-- only one. Gaps of the sequence count.
create or replace function pgque._events_per_second(newest pgque.tick) returns double precision
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.tick_generation');
begin
  return (
    select (newest.event_seq - t.event_seq) / nullif(extract(epoch from newest.tick_time - t.tick_time), 0)
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = newest.queue_id
      and t.tick_time >= newest.tick_time - interval '5 minutes' and t.tick_id < newest.tick_id
    order by t.tick_id limit 1)::double precision;
end
$$;

-- functions/inner/_find_queue.sql
-- The queue of this name, or queue_not_found (QU001). Takes no lock.
create or replace function pgque._find_queue(queue_name text) returns pgque.queue
language plpgsql stable as $$
declare
  v_queue pgque.queue;
begin
  select q.* into v_queue from pgque.queue q where q.queue_name = _find_queue.queue_name;
  if not found then
    raise exception 'queue not found: %', coalesce(queue_name, 'NULL') using
      errcode = 'QU001', detail = coalesce(queue_name, 'NULL'),
      hint = 'Create it with pgque.create_queue(), or check the spelling.';
  end if;
  return v_queue;
end
$$;

-- functions/inner/_give_back.sql
-- Schedules messages of an open batch for redelivery to this subscription, or puts them to the dead letters when they
-- were retried max_retries times already (NULL: as often as the queue is set to), or when `dead` says so. due_ats, reasons
-- and dead go with msg_ids; a message given twice, or given back before in this batch, counts once, and one that waits
-- for a retry already has that. After a seek() back a message comes again whose retry has been delivered: then the next
-- one gets a number that is free. Returns how many were recorded now. One pass over the batch.
-- Raises batch_not_found (QU003), message_not_found (QU004), invalid_argument (QU005). Locks the subscription.
create or replace function pgque._give_back(
  batch_id bigint, msg_ids bigint[], due_ats timestamptz[], reasons text[], max_retries integer default null, dead boolean[] default null)
returns integer
-- Hash joins only: lists of messages look short to the planner, and a loop over two long ones would be quadratic.
language plpgsql volatile set enable_nestloop = off as $$
declare
  v_state pgque.cursor := pgque._require_batch(batch_id);
  v_is_stale_snapshot constant boolean := current_setting('transaction_isolation') in ('repeatable read', 'serializable');
  v_queue constant pgque.queue := pgque._queue_of(v_state.subject);
  v_owner constant integer := pgque._owner(v_state.subject);
  v_mover pgque.cursor;
  v_generation bigint;
  v_missing bigint;
  v_nulls integer;
  v_count integer;
begin
  v_mover := pgque._state('m', 0);
  v_generation := pg_sequence_last_value('pgque.later_generation');
  if v_is_stale_snapshot then
    perform pgque._require_seen_generation(3, v_generation);
  end if;

  -- Dynamic, because the batch lies in the tables of its queue.
  execute format($query$
    with wanted as materialized (
      select distinct on (w.msg_id) w.msg_id, w.due_at, w.reason, coalesce(w.is_dead, false) as is_dead
      from unnest($1, $2, $3, $9) with ordinality w (msg_id, due_at, reason, is_dead, position) order by w.msg_id, w.position),
    event as materialized (select b.* from (%s) b where b.ev_id = any ($1)),
    given as materialized (
      select l.ev_id, max(l.ev_retry) as ev_retry,
        bool_or(l.batch_id = $5 or l.due_at > $10 or not pg_visible_in_snapshot(l.txid, $11)) as is_recorded
      from pgque.later l
      where l.slot in ($6 %% 3, ($6 + 2) %% 3) and l.owner = $4 and l.ev_id = any ($1)
      group by l.ev_id),
    dead as (
      insert into pgque.dead_letter (dl_reason, queue_id, consumer_name, subscription_id, ev_id, ev_time, ev_retry,
        ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
      select w.reason, s.queue_id, s.consumer_name, s.subscription_id, e.ev_id, e.ev_time, e.ev_retry,
        e.ev_type, e.ev_data, e.ev_extra1, e.ev_extra2, e.ev_extra3, e.ev_extra4
      from event e join wanted w on w.msg_id = e.ev_id join pgque.subscription s on s.subscription_id = $4
      where w.is_dead or coalesce(e.ev_retry, 0) >= $7
      on conflict do nothing
      returning 1),
    retry as (
      insert into pgque.later (slot, owner, ev_id, ev_retry, queue_id, batch_id, due_at, reason, ev_time,
        ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
      select $6 %% 3, $4, e.ev_id, greatest(e.ev_retry, g.ev_retry, 0) + 1, $8, $5, w.due_at, w.reason, e.ev_time,
        e.ev_type, e.ev_data, e.ev_extra1, e.ev_extra2, e.ev_extra3, e.ev_extra4
      from event e join wanted w on w.msg_id = e.ev_id left join given g on g.ev_id = e.ev_id
      where not w.is_dead and coalesce(e.ev_retry, 0) < $7 and g.is_recorded is not true
      on conflict do nothing
      returning 1)
    select (select count(*) from dead) + (select count(*) from retry),
      (select w.msg_id from wanted w where not exists (select from event e where e.ev_id = w.msg_id) limit 1),
      (select count(*) from wanted w where w.msg_id is null)
    $query$, pgque._batch_query(v_state, '*', null))
  into v_count, v_missing, v_nulls
  using msg_ids, due_ats, reasons, v_owner, coalesce(v_state.generation, batch_id), v_generation,
    coalesce(max_retries, pgque._max_retries(v_queue)), v_queue.queue_id, dead, v_mover.noted_at, v_mover.snapshot;
  if v_missing is not null or v_nulls > 0 then
    raise exception 'msg_id % not found in batch %', coalesce(v_missing::text, 'NULL'), batch_id using
      errcode = 'QU004', detail = concat_ws(', ', coalesce(v_missing::text, 'NULL'), batch_id),
      hint = 'Pass messages that receive() returned in this batch.';
  end if;

  if v_is_stale_snapshot then
    -- What another transaction gave back unseen may stand in the previous slot: meeting it raises 40001.
    perform pgque._copy_own_retries(v_owner, msg_ids, v_generation % 3, (v_generation + 2) % 3);
  end if;
  -- The log rotated meanwhile: the slot may have been carried already, so the rows go into the current one as well.
  while pg_sequence_last_value('pgque.later_generation') <> v_generation loop
    perform pgque._copy_own_retries(v_owner, msg_ids, v_generation % 3, (v_generation + 1) % 3);
    v_generation := v_generation + 1;
  end loop;
  perform pgque._ring();
  return v_count;
end
$$;

-- functions/inner/_hand_out.sql
-- Hands the group's next page of at most max_rows events, or the rest of its window (NULL), to a member as a batch and
-- returns the member's state; its batch_id stays NULL when nothing is left up to the newest tick. With is_empty_passed
-- windows without events are passed over, else one may be handed out. min_… are conditions of next_batch_custom().
-- The caller holds the group and the member.
create or replace function pgque._hand_out(
  member pgque.cursor, group_id integer, max_rows bigint, is_empty_passed boolean,
  min_lag interval default null, min_count integer default null, min_interval interval default null) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_group pgque.cursor := pgque._state('s', group_id);
  v_handed pgque.cursor;
  v_is_moved boolean := false;
  v_wanted bigint := max_rows;
  v_count bigint;
  v_last_id bigint;
begin
  loop
    if v_group.next_tick_id is null then
      v_group := case
        when is_empty_passed then pgque._next_window(v_group, v_wanted)
        else pgque._next_custom_window(v_group, min_lag, min_count, min_interval)
      end;
      exit when v_group.next_tick_id is null;
    end if;
    execute 'select count(*), max(ev_id) from (' || pgque._batch_query(v_group, 'ev_id', max_rows) || ') b'
    into v_count, v_last_id;
    exit when v_count > 0 or not is_empty_passed;
    v_group := pgque._past_window(v_group);
    v_is_moved := true;
    v_wanted := least(v_wanted * 2, 1000000000);
  end loop;

  if v_group.next_tick_id is not null then
    v_group.page_until := case when v_count = max_rows then v_last_id end;
    v_handed := v_group;
    v_handed.subject := member.subject;
    v_handed.version := member.version;
    v_handed.batch_id := nextval('pgque.batch_id_seq');
    perform pgque._append_state(v_handed);
    member := v_handed;
    -- To the group the page is behind it, whatever becomes of the member.
    v_group := pgque._closed_batch(v_group, false);
    v_is_moved := true;
  end if;
  if v_is_moved then
    perform pgque._append_state(v_group);
  end if;
  return member;
end
$$;

-- functions/inner/_held_ticks.sql
-- The ticks of a queue from which on every event is still held, the oldest first. The caller holds _lock_positions().
create or replace function pgque._held_ticks(queue_id integer) returns setof pgque.tick
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.tick_generation');
  v_oldest constant bigint := coalesce((pgque._state('q', queue_id)).next_tick_id, 0);
begin
  return query
    select t.* from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = _held_ticks.queue_id
      and (t.tick_id >= v_oldest or t.tick_id = (pgque._newest_tick(_held_ticks.queue_id)).tick_id)
    order by t.tick_id;
end
$$;

-- functions/inner/_is_carried_to.sql
-- Whether a shared log whose mark is given may go on from this generation: it is that of the mark, or the next one, and
-- what is needed was carried. Else the generation is that of a dump that was taken while the log rotated: pg_dump reads
-- sequences later than rows. What is needed may stand in the slot that would be emptied next.
create or replace function pgque._is_carried_to(mark pgque.cursor, generation bigint) returns boolean
language plpgsql immutable as $$
begin
  return coalesce(mark.generation >= _is_carried_to.generation
    or mark.generation = _is_carried_to.generation - 1 and mark.is_carried, false);
end
$$;

-- functions/inner/_is_later_worth_carrying.sql
-- Whether the retries that wait in the previous slot are at most half of what both slots hold: else rotation would write
-- the same waiting rows again and again. Counts about twice as many rows as the fewer of those that wait there and of the
-- others.
create or replace function pgque._is_later_worth_carrying(current_generation bigint) returns boolean
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._state('m', 0);
  v_limit bigint := 100::bigint;
  v_waiting bigint;
  v_others bigint;
begin
  loop
    -- Dynamic, for the reason that _later_slots() gives.
    execute format($query$
      select
        (select count(*) from (select from pgque.%1$I l where l.due_at > $1 limit $2) w),
        (select count(*) from (
          (select from pgque.%1$I l where l.due_at <= $1 limit $2)
          union all (select from pgque.%2$I l limit $2)
          limit $2) o)$query$,
      'later_' || (current_generation + 2) % 3, 'later_' || current_generation % 3)
    into v_waiting, v_others using v_mover.noted_at, v_limit;
    exit when v_waiting < v_limit or v_others < v_limit;
    v_limit := v_limit * 2;
  end loop;
  return v_waiting <= v_others;
end
$$;

-- functions/inner/_is_slot_passed.sql
-- Whether every subscription of a queue has passed all events of a slot, for a hundredth of the rotation period: a dump that
-- has just begun, and has not locked its tables yet, sees older positions. It does not matter which other transactions are
-- open, nor for how long. Not before rebase() when a state is missing after a restore, or of another cluster.
create or replace function pgque._is_slot_passed(slot regclass, queue_id integer) returns boolean
language plpgsql volatile as $$
declare
  v_since constant timestamptz := clock_timestamp() - (
    select q.rotation_period / 100 from pgque.queue q where q.queue_id = _is_slot_passed.queue_id);
  v_snapshot pg_snapshot;
  v_is_lost boolean;
begin
  select c.snapshot, s.parent_id is null and c.version is null into v_snapshot, v_is_lost
  from pgque.subscription s cross join lateral pgque._lowest_state_since(s.subscription_id, v_since) c
  where s.queue_id = _is_slot_passed.queue_id
  order by s.parent_id is null and c.version is null desc, c.tick_id limit 1;
  if v_is_lost or pg_snapshot_xmax(v_snapshot) > pg_snapshot_xmax(pgque._newest_snapshot()) then
    return false;
  end if;
  return v_snapshot is null or pgque._is_slot_seen(slot, queue_id, v_snapshot);
end
$$;

-- functions/inner/_is_slot_quiet.sql
-- Whether no open transaction has written to this slot of an event log. The caller holds SHARE on it, which says so of
-- every transaction but its own.
create or replace function pgque._is_slot_quiet(slot regclass) returns boolean
language plpgsql volatile as $$
declare
  v_is_quiet boolean;
begin
  execute format('select not exists (select from only %s where ev_txid = $1)', slot)
  into v_is_quiet using pg_current_xact_id_if_assigned();
  return v_is_quiet;
end
$$;

-- functions/inner/_is_slot_seen.sql
-- Whether a slot of a queue's event log has no row of a transaction that the snapshot does not see. One probe for each of the
-- two indexes that lead to a transaction id, and for each kind of row.
create or replace function pgque._is_slot_seen(slot regclass, queue_id integer, snapshot pg_snapshot) returns boolean
language plpgsql volatile as $$
declare
  v_is_seen boolean;
begin
  -- Dynamic, because the slot is a table of its queue.
  execute format(
    'select not exists (select from only %s where ev_txid >= $1 and ev_owner is null)'
    ' and not exists (select from only %1$s where ev_txid = any ($2) and ev_owner is null)'
    ' and not exists ('
    '   select from pgque.subscription s'
    '   join only %1$s e on e.ev_owner = s.subscription_id and (e.ev_txid >= $1 or e.ev_txid = any ($2))'
    '   where s.queue_id = $3)', slot)
  into v_is_seen using pg_snapshot_xmax(snapshot), array(select pg_snapshot_xip(snapshot)), queue_id;
  return v_is_seen;
end
$$;

-- functions/inner/_keep_retries.sql
-- Appends the retries that stand in a window, or what is left of it, to the event log once more: they come after it. Those
-- that were given back already are left out: they come anyway. The subject of the window is the subscription that they
-- belong to. The caller has rotation to itself.
create or replace function pgque._keep_retries(queue pgque.queue, state pgque.cursor) returns void
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.later_generation');
  v_kept bigint;
begin
  -- Dynamic, because the events lie in the tables of their queue.
  execute format($query$
    with kept as (
      insert into pgque.event (log_id, slot, ev_id, ev_time, ev_owner, ev_retry,
        ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
      select $1, pg_sequence_last_value($2) %% 3, e.ev_id, e.ev_time, e.ev_owner, e.ev_retry,
        e.ev_type, e.ev_data, e.ev_extra1, e.ev_extra2, e.ev_extra3, e.ev_extra4
      from pgque.%I e
      where e.ev_owner = $3 and e.ev_id > $4 and e.ev_id <= $5
        and pg_visible_in_snapshot(e.ev_txid, $7) and not pg_visible_in_snapshot(e.ev_txid, $6)
        and not exists (
          select from pgque.later l
          where l.slot in ($8 %% 3, ($8 + 2) %% 3) and l.owner = $3 and l.ev_id = e.ev_id and l.ev_retry = e.ev_retry + 1)
        and not exists (
          select from pgque.dead_letter d
          where d.subscription_id = $3 and d.ev_id = e.ev_id and d.ev_retry = e.ev_retry)
      returning 1)
    select count(*) from kept$query$, 'event_' || queue.log_id)
  into v_kept
  using queue.log_id, queue.generation_seq, state.subject, coalesce(state.page_after, 0), coalesce(state.page_until, 9223372036854775807),
    state.snapshot, state.next_snapshot, v_generation;
  if v_kept > 0 then
    -- So that the ticker sees that there is something to tick.
    perform nextval(queue.event_seq);
  end if;
end
$$;

-- functions/inner/_known_ticks.sql
-- Every tick of a queue that is known, for rebase(): those of all three slots, and the positions and ends of windows of its
-- subscriptions, which were ticks. When there is none, one that has seen nothing.
create or replace function pgque._known_ticks(queue_id integer) returns setof pgque.tick
language plpgsql volatile as $$
begin
  return query
    select distinct on (k.tick_id) k.*
    from (
      select t.* from pgque.tick t where t.queue_id = _known_ticks.queue_id
      union all
      select -1, s.queue_id, p.*
      from pgque.subscription s
      cross join lateral pgque._last_state('s', s.subscription_id) c
      join pgque.queue q on q.queue_id = s.queue_id
      cross join lateral (values
        (c.tick_id, c.tick_time, c.snapshot, c.event_seq, c.id_floor, coalesce(pg_sequence_last_value(q.event_seq), 0), '{}'::xid8[]),
        (c.next_tick_id, c.next_tick_time, c.next_snapshot, c.next_event_seq, c.next_id_floor, c.next_id_ceiling, '{}')) p (tick_id)
      where s.queue_id = _known_ticks.queue_id and p.tick_id is not null) k
    order by k.tick_id, k.slot desc;
  if not found then
    return query select -1, _known_ticks.queue_id, 1::bigint, clock_timestamp(), pgque._blank_snapshot(), 0::bigint, 0::bigint, 0::bigint, '{}'::xid8[];
  end if;
end
$$;

-- functions/inner/_last_state.sql
-- The newest state of a subject over all three slots, for rebase(): a dump that was taken while pgque.cursor rotated may
-- have it where _state() does not look. All NULL when there is none.
create or replace function pgque._last_state(kind "char", subject integer) returns pgque.cursor
language plpgsql stable as $$
declare
  v_state pgque.cursor;
begin
  select n.* into v_state
  from generate_series(0, 2) s (slot)
  cross join lateral (
    select c.* from pgque.cursor c
    where c.slot = s.slot and c.kind = _last_state.kind and c.subject = _last_state.subject order by c.version desc limit 1) n
  order by n.version desc limit 1;
  return v_state;
end
$$;

-- functions/inner/_later_slots.sql
-- The slots of the later log that are read, as a table for dynamic SQL. With the slots named, and not chosen by a condition
-- on their number, only the indexes on due_at and txid are left to choose from, whatever the statistics say or said:
-- a million messages that wait for a month are not looked at.
create or replace function pgque._later_slots(generation bigint) returns text
language plpgsql immutable as $$
begin
  return format('(select * from pgque.%I union all select * from pgque.%I)',
    'later_' || generation % 3, 'later_' || (generation + 2) % 3);
end
$$;

-- functions/inner/_lock_batch.sql
-- Locks the subscription that has this batch open and returns its state; all NULL when the batch is unknown or closed.
create or replace function pgque._lock_batch(batch_id bigint) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_subscription_id integer;
  v_state pgque.cursor;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    select c.subject into v_subscription_id
    from pgque.cursor c
    where c.slot in (v_generation % 3, (v_generation + 2) % 3) and c.batch_id = _lock_batch.batch_id
    limit 1;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;

  perform from pgque.subscription s where s.subscription_id = v_subscription_id for no key update;
  if found then
    v_state := pgque._state('s', v_subscription_id);
    if v_state.batch_id = _lock_batch.batch_id then
      return v_state;
    end if;
  end if;
  return null;
end
$$;

-- functions/inner/_lock_ddl.sql
-- Makes sessions that create or drop queues queue up behind each other until their transactions end.
create or replace function pgque._lock_ddl() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock(7170, 2)
$$;

-- functions/inner/_lock_group.sql
-- Locks a cooperative consumer for a hand-out; returns its id, or NULL when another member's transaction has held the lock
-- for longer than a hand-out takes: nobody waits for another member's work. The lock of the group comes before that of a
-- member. Or consumer_not_registered (QU002).
create or replace function pgque._lock_group(queue_id integer, queue text, consumer text) returns integer
language plpgsql volatile set lock_timeout = '200ms' as $$
declare
  v_started_at constant timestamptz := clock_timestamp();
  v_subscription_id integer;
begin
  select s.subscription_id into v_subscription_id
  from pgque.subscription s
  where s.queue_id = _lock_group.queue_id and s.consumer_name = consumer and s.parent_id is null
  for no key update;
  if not found then
    raise exception 'consumer not registered: %, %', queue, coalesce(consumer, 'NULL') using
      errcode = 'QU002', detail = concat_ws(', ', queue, consumer),
      hint = 'Register a member with pgque.register_subconsumer(), or check the spelling.';
  end if;
  return v_subscription_id;
exception
  when lock_not_available then
    return null;
  when query_canceled then
    -- Who waits for a row waits for its place in the queue first, then for the lock. A timeout that strikes between the two
    -- is reported as if somebody had cancelled the query.
    if clock_timestamp() < v_started_at + interval '200 milliseconds' then
      raise;
    end if;
    return null;
end
$$;

-- functions/inner/_lock_member.sql
-- Locks a member of a group and returns its state; a state without a subject when there is no such member.
create or replace function pgque._lock_member(group_id integer, consumer text, subconsumer text) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_subscription_id integer;
  v_state pgque.cursor;
begin
  select s.subscription_id into v_subscription_id
  from pgque.subscription s
  where s.parent_id = group_id and s.consumer_name = consumer || '.' || subconsumer
  for no key update;
  if found then
    v_state := pgque._state('s', v_subscription_id);
    v_state.kind := 's';
    v_state.subject := v_subscription_id;
  end if;
  return v_state;
end
$$;

-- functions/inner/_lock_mover.sql
-- Makes movers of retries, and the rotation of pgque.later, wait for each other until their transactions end.
create or replace function pgque._lock_mover() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock(7170, 5)
$$;

-- As _lock_mover, but false instead of waiting.
create or replace function pgque._try_lock_mover() returns boolean
language sql volatile as $$
  select pg_catalog.pg_try_advisory_xact_lock(7170, 5)
$$;

-- functions/inner/_lock_positions.sql
-- Keeps rotation away until the transaction ends: a position that is to be taken, and is not committed yet, would not hold
-- back what it needs. Waits for a maint() that is running.
create or replace function pgque._lock_positions() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock_shared(7170, 4)
$$;

-- functions/inner/_lock_queue.sql
-- The queue of this name, locked FOR KEY SHARE: it cannot be dropped before the transaction ends. Or queue_not_found (QU001).
create or replace function pgque._lock_queue(queue_name text) returns pgque.queue
language plpgsql volatile as $$
declare
  v_queue pgque.queue;
begin
  select q.* into v_queue from pgque.queue q where q.queue_name = _lock_queue.queue_name for key share;
  if not found then
    v_queue := pgque._find_queue(queue_name);
  end if;
  return v_queue;
end
$$;

-- functions/inner/_lock_rotation.sql
-- Keeps rotation, and who takes a position other than the newest, away until the transaction ends. Waits for those at work.
create or replace function pgque._lock_rotation() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock(7170, 4)
$$;

-- functions/inner/_lock_slot.sql
-- Tries to lock a slot; false when that takes longer than 50 ms. Nobody who arrives behind this lock waits longer.
create or replace function pgque._lock_slot(slot regclass, is_exclusive boolean) returns boolean
language plpgsql volatile set lock_timeout = '50ms' as $$
begin
  -- Dynamic, because the slot is a table that belongs to one queue or log.
  execute format('lock table only %s in %s mode', slot,
    case when is_exclusive then 'access exclusive' else 'share' end);
  return true;
exception when lock_not_available or deadlock_detected then
  return false;
end
$$;

-- functions/inner/_lock_subscription.sql
-- Locks the subscription of a normal consumer for a change of its state and returns the state. Or
-- consumer_not_registered (QU002), consumer_is_cooperative (QU017), state_missing (QU016).
-- The lock is on a row that never changes: it leaves no dead tuple. The state is read by a later statement, with
-- a snapshot taken after the lock was granted.
create or replace function pgque._lock_subscription(queue text, consumer text) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_subscription_id integer;
  v_is_cooperative boolean;
  v_state pgque.cursor;
begin
  select s.subscription_id, s.parent_id is not null or exists (
    select from pgque.subscription m where m.parent_id = s.subscription_id)
  into v_subscription_id, v_is_cooperative
  from pgque.queue q join pgque.subscription s on s.queue_id = q.queue_id
  where q.queue_name = queue and s.consumer_name = consumer
  for no key update of s;
  if not found then
    perform pgque._find_queue(queue);
    raise exception 'consumer not registered: %, %', queue, coalesce(consumer, 'NULL') using
      errcode = 'QU002', detail = concat_ws(', ', queue, consumer),
      hint = 'Subscribe it with pgque.subscribe(), or check the spelling.';
  end if;
  if v_is_cooperative then
    raise exception 'consumer is cooperative: %, %', queue, consumer using
      errcode = 'QU017', detail = concat_ws(', ', queue, consumer),
      hint = 'Its members read with pgque.receive_coop(); the last to unregister makes it a normal consumer again.';
  end if;
  v_state := pgque._state('s', v_subscription_id);
  if v_state.version is null then
    -- pg_dump reads sequences later than the rows of its snapshot: restored, a log may point to a slot that was empty.
    raise exception 'state of consumer is missing: %, %', queue, consumer using
      errcode = 'QU016', detail = concat_ws(', ', queue, consumer),
      hint = 'This database was restored from a dump that was taken while the logs rotated. Call pgque.rebase().';
  end if;
  return v_state;
end
$$;

-- functions/inner/_lock_ticker.sql
-- Makes tickers wait for each other until their transactions end.
create or replace function pgque._lock_ticker() returns void
language sql volatile as $$
  select pg_catalog.pg_advisory_xact_lock(7170, 3)
$$;

-- functions/inner/_lowest_state_since.sql
-- Of the states that a subscription has been in since a time, the one with the lowest position: its newest state, unless it
-- has gone on since. All NULL when it has no state.
create or replace function pgque._lowest_state_since(subscription_id integer, since timestamptz) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_from bigint;
  v_state pgque.cursor;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    select max(n.version) into v_from
    from unnest(array[v_generation % 3, (v_generation + 2) % 3]) s (slot)
    cross join lateral (
      select c.version from pgque.cursor c
      where c.slot = s.slot and c.kind = 's' and c.subject = subscription_id and c.changed_at <= since
      order by c.version desc limit 1) n;
    select c.* into v_state
    from unnest(array[v_generation % 3, (v_generation + 2) % 3]) s (slot)
    join pgque.cursor c on c.slot = s.slot and c.kind = 's' and c.subject = subscription_id and c.version >= coalesce(v_from, 0)
    order by c.tick_id limit 1;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;
  return v_state;
end
$$;

-- functions/inner/_make_room.sql
-- A slot of a log that has no rows, for rebase(): the current one, the previous one or, where readers look at all three, the
-- next. When none of these is empty, what the current one has goes to the previous one. The caller keeps everybody else away.
create or replace function pgque._make_room(log text, current_generation bigint, is_next_read boolean) returns integer
language plpgsql volatile as $$
declare
  v_current constant integer := (current_generation % 3)::integer;
  v_previous constant integer := ((current_generation + 2) % 3)::integer;
  v_slot integer;
begin
  foreach v_slot in array array[v_current, v_previous] || case when is_next_read then array[3 - v_current - v_previous] else '{}' end loop
    if pg_relation_size(format('pgque.%I', log || '_' || v_slot)::regclass) = 0 then
      return v_slot;
    end if;
  end loop;
  perform pgque._move_slot(log, v_current, v_previous);
  return v_current;
end
$$;

-- functions/inner/_max_retries.sql
-- How often a message of this queue is retried before it goes to the dead letters.
create or replace function pgque._max_retries(queue pgque.queue) returns integer
language sql immutable as $$
  select coalesce((queue).max_retries, 5)
$$;

-- functions/inner/_move_on.sql
-- Moves a subscription that has fallen behind to a later tick, or takes the batch of a member from it, and records the gap
-- when there are events in it.
-- An open batch is stale afterwards. Retries in the gap are kept, unless they were given back already in that batch.
-- The caller holds the subscription, and has rotation to itself.
create or replace function pgque._move_on(
  queue pgque.queue, subscription pgque.subscription, state pgque.cursor, tick pgque.tick) returns void
language plpgsql volatile as $$
declare
  v_counted constant bigint := 100000::bigint;
  v_gap pgque.gap;
  v_part pgque.cursor := state;
  v_moved pgque.cursor := pgque._past_window(pgque._window_until(state, tick));
  v_parts pgque.cursor[];
  v_count bigint;
begin
  v_gap.queue_id := queue.queue_id;
  v_gap.subscription_id := coalesce(subscription.parent_id, subscription.subscription_id);
  v_gap.consumer_name := subscription.consumer_name;
  v_gap.moved_at := clock_timestamp();
  v_gap.tick_id := state.tick_id;
  v_gap.tick_time := state.tick_time;
  if subscription.parent_id is not null then
    v_gap.next_tick_id := state.next_tick_id;
    v_gap.next_tick_time := state.next_tick_time;
    v_gap.events := least(state.next_event_seq, state.page_until) - greatest(state.event_seq, state.page_after);
    v_parts := array[state];
    perform pgque._append_state(pgque._past_window(pgque._past_window(state)));
  else
    v_gap.next_tick_id := tick.tick_id;
    v_gap.next_tick_time := tick.tick_time;
    v_gap.events := tick.event_seq - greatest(state.event_seq, state.page_after);
    if state.next_tick_id < tick.tick_id then
      -- Its pages are behind it in its own window only.
      v_part.page_until := null;
      v_parts := array[v_part, pgque._window_until(pgque._past_window(state), tick)];
    else
      v_part := pgque._window_until(state, tick);
      v_part.page_after := state.page_after;
      v_parts := array[v_part];
    end if;
    if state.next_tick_id > tick.tick_id then
      -- Of what lies beyond, pages may be acknowledged: the window goes on from the tick.
      v_moved := pgque._window_until(v_moved, row(0, queue.queue_id, state.next_tick_id, state.next_tick_time, state.next_snapshot,
        state.next_event_seq, state.next_id_floor, state.next_id_ceiling, '{}')::pgque.tick);
      v_moved.page_after := state.page_after;
    end if;
    perform pgque._append_state(v_moved);
  end if;

  v_count := 0::bigint;
  foreach v_part in array v_parts loop
    v_part.subject := v_gap.subscription_id;
    -- Dynamic, because the events lie in the tables of their queue.
    execute 'select $1 + count(*) from (' || pgque._batch_query(v_part, 'ev_owner', v_counted, queue) || ') e where ev_owner is null'
    into v_count using v_count;
    perform pgque._keep_retries(queue, v_part);
  end loop;
  if v_count > 0 then
    v_gap.events := case when v_count < v_counted then v_count else greatest(v_count, v_gap.events) end;
    delete from pgque.gap g where g.moved_at < clock_timestamp() - interval '7 days';
    insert into pgque.gap values (v_gap.*);
  end if;
end
$$;

-- functions/inner/_move_slot.sql
-- Moves the rows of a slot to another one of the same log, with expressions in place of some columns, which may use what is
-- joined. Of rows that a unique index takes for one, the first is kept. The caller keeps everybody else away.
create or replace function pgque._move_slot(
  log text, from_slot integer, to_slot integer, replaced jsonb default '{}', joined text default '') returns void
language plpgsql volatile as $$
declare
  v_from constant regclass := format('pgque.%I', log || '_' || from_slot)::regclass;
  v_columns text;
  v_values text;
begin
  if from_slot = to_slot or pg_relation_size(v_from) = 0 then
    return;
  end if;
  replaced := replaced || jsonb_build_object('slot', to_slot::text);
  select string_agg(quote_ident(a.attname), ', ' order by a.attnum),
    string_agg(coalesce(replaced ->> a.attname, quote_ident(a.attname)), ', ' order by a.attnum)
  into v_columns, v_values
  from pg_attribute a where a.attrelid = v_from and a.attnum > 0 and not a.attisdropped;
  -- Dynamic, because the slots are tables of their log.
  execute format('insert into pgque.%I (%s) select %s from only %s %s on conflict do nothing',
    log || '_' || to_slot, v_columns, v_values, v_from, joined);
  execute format('truncate only %s', v_from);
end
$$;

-- functions/inner/_newest_event_xid.sql
-- The greatest transaction id in a queue's event log, but for that of this transaction, or NULL: index probes. The locks are given back at once, and a slot that
-- is locked exclusively for longer than 50 ms is left out: whoever looks must not hang, nor stand in the way.
create or replace function pgque._newest_event_xid(log_id integer) returns xid8
language plpgsql volatile set lock_timeout = '50ms' as $$
declare
  v_xid xid8;
  v_newest xid8;
begin
  for v_slot in 0 .. 2 loop
    begin
      -- Dynamic, because the slot is a table of its queue.
      execute format(
        'select e.ev_txid from pgque.%I e where e.ev_owner is null and e.ev_txid is distinct from $1 order by e.ev_txid desc limit 1',
        'event_' || log_id || '_' || v_slot) into v_xid using pg_current_xact_id_if_assigned();
      raise exception using errcode = 'QUTIC', message = 'rolled back', hint = 'Never seen by a caller.';
    exception when sqlstate 'QUTIC' then
      v_newest := case when v_xid > v_newest or v_newest is null then coalesce(v_xid, v_newest) else v_newest end;
    when lock_not_available then
      null;
    end;
  end loop;
  return v_newest;
end
$$;

-- functions/inner/_newest_snapshot.sql
-- A snapshot taken now: volatile, because in a stable function it would be that of the calling statement.
create or replace function pgque._newest_snapshot() returns pg_snapshot
language plpgsql volatile as $$
begin
  return (select pg_current_snapshot());
end
$$;

-- functions/inner/_newest_tick.sql
-- The newest tick of a queue; all NULL when there is none.
create or replace function pgque._newest_tick(queue_id integer) returns pgque.tick
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_tick pgque.tick;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    select t.* into v_tick
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = _newest_tick.queue_id
    order by t.tick_id desc limit 1;
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
  return v_tick;
end
$$;

-- functions/inner/_newest_ticks.sql
-- The newest tick of each queue that has one, in one pass. Lock, order of the slots and errors as in _states().
create or replace function pgque._newest_ticks() returns setof pgque.tick
language plpgsql volatile as $$
declare
  v_generation bigint;
begin
  lock table pgque.tick in access share mode;
  v_generation := pg_sequence_last_value('pgque.tick_generation');
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    perform pgque._require_seen_generation(1, v_generation);
  end if;
  return query
    select n.*
    from pgque.queue q
    cross join lateral (
      (select t.* from pgque.tick t where t.slot = v_generation % 3 and t.queue_id = q.queue_id order by t.tick_id desc limit 1)
      union all
      (select t.* from pgque.tick t where t.slot = (v_generation + 2) % 3 and t.queue_id = q.queue_id order by t.tick_id desc limit 1)
      limit 1) n;
end
$$;

-- functions/inner/_next_custom_window.sql
-- The state with a window opened to the first tick that meets the conditions of next_batch_custom(), if there is one.
create or replace function pgque._next_custom_window(
  state pgque.cursor, min_lag interval, min_count integer, min_interval interval) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_tick pgque.tick;
begin
  if min_lag is null and min_count is null and min_interval is null then
    return pgque._next_window(state, 0);
  end if;
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    select t.* into v_tick
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3)
      and t.queue_id = (select s.queue_id from pgque.subscription s where s.subscription_id = state.subject)
      and t.tick_id > state.tick_id
      and (min_lag is null or t.tick_time <= clock_timestamp() - min_lag)
      and (min_count is null and min_interval is null
        or t.event_seq >= state.event_seq + min_count
        or t.tick_time >= state.tick_time + min_interval)
    order by t.tick_id limit 1;
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
  if v_tick.tick_id is null then
    return state;
  end if;
  return pgque._window_until(state, v_tick);
end
$$;

-- functions/inner/_next_window.sql
-- The state with the next window opened: from its position to the first tick by which min_events event ids have been drawn,
-- or to the newest when there are fewer; next_tick_id stays NULL when there is none. With 0 it is the next tick. A
-- consumer far behind a ticker that ticks a thousand times a second so reads pages, not ticks.
create or replace function pgque._next_window(state pgque.cursor, min_events bigint) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_queue_id constant integer := (pgque._queue_of(state.subject)).queue_id;
  v_tick pgque.tick := pgque._newest_tick(v_queue_id);
  v_generation bigint;
begin
  if v_tick.tick_id > state.tick_id and v_tick.event_seq >= state.event_seq + min_events then
    loop
      v_generation := pg_sequence_last_value('pgque.tick_generation');
      select t.* into v_tick
      from pgque.tick t
      where t.slot in (v_generation % 3, (v_generation + 2) % 3)
        and t.queue_id = v_queue_id and t.tick_id > state.tick_id and t.event_seq >= state.event_seq + min_events
      order by t.tick_id limit 1;
      exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
    end loop;
  end if;
  if v_tick.tick_id is null or v_tick.tick_id <= state.tick_id then
    return state;
  end if;
  return pgque._window_until(state, v_tick);
end
$$;

-- functions/inner/_oldest_complete_tick.sql
-- The oldest tick of a queue whose snapshot sees everything in a slot that is about to be truncated: nobody can read on from
-- an older one any more. One above the newest when there is none. Ticks see ever more: found by halving.
create or replace function pgque._oldest_complete_tick(slot regclass, queue_id integer) returns bigint
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.tick_generation');
  v_tick_ids bigint[];
  v_snapshots pg_snapshot[];
  v_low integer := 1;
  v_high integer;
  v_middle integer;
begin
  select array_agg(t.tick_id order by t.tick_id), array_agg(t.snapshot order by t.tick_id) into v_tick_ids, v_snapshots
  from pgque.tick t
  where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = _oldest_complete_tick.queue_id;
  v_high := cardinality(v_tick_ids) + 1;
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    if pgque._is_slot_seen(slot, queue_id, v_snapshots[v_middle]) then
      v_high := v_middle;
    else
      v_low := v_middle + 1;
    end if;
  end loop;
  return coalesce(v_tick_ids[v_low], v_tick_ids[v_low - 1] + 1);
end
$$;

-- functions/inner/_owner.sql
-- The subscription that retries belong to: a member's are those of its group.
create or replace function pgque._owner(subscription_id integer) returns integer
language sql volatile as $$
  select coalesce(s.parent_id, s.subscription_id) from pgque.subscription s where s.subscription_id = _owner.subscription_id
$$;

-- functions/inner/_pass_over.sql
-- Moves all who have not passed a slot of an event log to the oldest tick that sees everything in it, when each of them has
-- had something to read for longer than max_consumer_lag; returns whether it did. A member of a cooperative consumer loses
-- its batch instead.
-- Nobody is moved in vain: not while another holds the slot who is not that late, nor while a session reads it. Locks the
-- subscriptions without waiting, then the slot: a consumer whose transaction is open is left alone, and the others with it.
-- Not before rebase() in another cluster. The caller has rotation to itself.
create or replace function pgque._pass_over(queue pgque.queue, next_slot regclass) returns boolean
language plpgsql volatile as $$
declare
  v_late_before constant timestamptz := clock_timestamp() - queue.max_consumer_lag;
  v_xmax constant xid8 := pg_snapshot_xmax(pgque._newest_snapshot());
  v_tick pgque.tick;
  v_held record;
  v_late record;
begin
  if v_late_before is null then
    return false;
  end if;
  select h.* into v_tick
  from pgque._held_ticks(queue.queue_id) h
  where h.tick_id >= pgque._oldest_complete_tick(next_slot, queue.queue_id) order by h.tick_id limit 1;
  if not found or pg_snapshot_xmax(v_tick.snapshot) > v_xmax then
    return false;
  end if;

  for v_held in
    select s.subscription_id, s.parent_id, c.snapshot, c as state
    from pgque.subscription s cross join lateral pgque._state('s', s.subscription_id) c
    where s.queue_id = queue.queue_id and (c.tick_id is not null or s.parent_id is null)
    order by s.parent_id nulls first, s.subscription_id
  loop
    if v_held.snapshot is null or pg_snapshot_xmax(v_held.snapshot) > v_xmax then
      return false;
    end if;
    continue when pgque._is_slot_seen(next_slot, queue.queue_id, v_held.snapshot);
    if pgque._readable_since(queue.queue_id, v_held.state) < v_late_before is not true then
      return false;
    end if;
    -- Of a member the row of the group too: the record of the gap refers to it.
    perform from pgque.subscription s where s.subscription_id = v_held.parent_id for key share skip locked;
    if not found and v_held.parent_id is not null then
      return false;
    end if;
    perform from pgque.subscription s where s.subscription_id = v_held.subscription_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end loop;
  if not pgque._lock_slot(next_slot, true) then
    return false;
  end if;

  -- The states once more: now they cannot change.
  for v_late in
    select s as subscription, c as state
    from pgque.subscription s cross join lateral pgque._state('s', s.subscription_id) c
    where s.queue_id = queue.queue_id and pgque._readable_since(queue.queue_id, c) < v_late_before
      and not pgque._is_slot_seen(next_slot, queue.queue_id, c.snapshot)
  loop
    perform pgque._move_on(queue, v_late.subscription, v_late.state, v_tick);
  end loop;
  return true;
end
$$;

-- functions/inner/_past_window.sql
-- The state with its position moved to the end of its window, and no window and no batch open. A state without a
-- window becomes one without a position: that of a member at rest.
create or replace function pgque._past_window(state pgque.cursor) returns pgque.cursor
language plpgsql immutable as $$
begin
  state.tick_id := state.next_tick_id;
  state.tick_time := state.next_tick_time;
  state.snapshot := state.next_snapshot;
  state.event_seq := state.next_event_seq;
  state.id_floor := state.next_id_floor;
  state.next_tick_id := null;
  state.next_tick_time := null;
  state.next_snapshot := null;
  state.next_event_seq := null;
  state.next_id_floor := null;
  state.next_id_ceiling := null;
  state.batch_id := null;
  state.generation := null;
  state.page_after := null;
  state.page_until := null;
  return state;
end
$$;

-- functions/inner/_pending_retries.sql
-- How many retries of a subscription the mover has not moved yet.
create or replace function pgque._pending_retries(subscription_id integer) returns bigint
language sql volatile as $$
  select count(distinct (l.ev_id, l.ev_retry))
  from pgque._state('m', 0) m, pgque.later l
  where l.owner = _pending_retries.subscription_id
    and (l.due_at > m.noted_at or not pg_visible_in_snapshot(l.txid, m.snapshot))
$$;

-- functions/inner/_position.sql
-- The tick to read on from: 'latest', 'earliest', a tick id, or a time, which is the newest tick that is not later.
-- Of ticks that rotation has thinned out the one before is taken. Raises position_not_held (QU021) for what is no longer
-- held or not yet there, with the oldest possible position in DETAIL, and invalid_argument (QU005).
create or replace function pgque._position(queue pgque.queue, start_at text, tick_id bigint, at timestamptz) returns pgque.tick
language plpgsql volatile as $$
declare
  v_at timestamptz := at;
  v_oldest pgque.tick;
  v_newest pgque.tick;
  v_tick pgque.tick;
begin
  perform pgque._lock_positions();
  select h.* into v_oldest from pgque._held_ticks(queue.queue_id) h order by h.tick_id limit 1;
  v_newest := pgque._newest_tick(queue.queue_id);
  if start_at = 'latest' then
    return v_newest;
  elsif start_at = 'earliest' then
    return v_oldest;
  elsif start_at is not null then
    begin
      v_at := start_at::timestamptz;
    exception when data_exception then
      raise exception 'position must be latest, earliest, or a time: %', start_at using
        errcode = 'QU005', detail = start_at, hint = 'For example ''latest'', ''earliest'' or ''2030-01-31 12:00+00''.';
    end;
  elsif v_at is null and tick_id is null then
    raise exception 'position must not be null' using
      errcode = 'QU005', hint = 'Pass ''latest'', ''earliest'', a time or a tick id.';
  end if;

  select h.* into v_tick from pgque._held_ticks(queue.queue_id) h
  where case when v_at is null then h.tick_id <= _position.tick_id and _position.tick_id <= v_newest.tick_id
    else h.tick_time <= v_at end
  order by h.tick_id desc limit 1;
  if not found then
    raise exception 'position is not held: %, %', queue.queue_name, coalesce(v_at::text, tick_id::text) using
      errcode = 'QU021', detail = format('the oldest is tick %s at %s', v_oldest.tick_id, v_oldest.tick_time),
      hint = 'Choose a position from the oldest to the newest tick, or ''earliest''.';
  end if;
  return v_tick;
end
$$;

-- functions/inner/_queue_of.sql
-- The queue of a subscription.
create or replace function pgque._queue_of(subscription_id integer) returns pgque.queue
language plpgsql stable as $$
begin
  return (
    select q from pgque.subscription s join pgque.queue q on q.queue_id = s.queue_id
    where s.subscription_id = _queue_of.subscription_id);
end
$$;

-- functions/inner/_readable_since.sql
-- Since when a subscription has had something to read: the first tick after its position at which the event sequence had
-- moved on, or where that is no longer held the end of its window. NULL: there is nothing.
create or replace function pgque._readable_since(queue_id integer, state pgque.cursor) returns timestamptz
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_since timestamptz;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    select t.tick_time into v_since
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3)
      and t.queue_id = _readable_since.queue_id and t.tick_id > state.tick_id and t.event_seq > state.event_seq
    order by t.tick_id limit 1;
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
  return coalesce(v_since, state.next_tick_time);
end
$$;

-- functions/inner/_rebase_all.sql
-- rebase() once something is to be done; returns how many queues there are. The caller has the advisory locks.
create or replace function pgque._rebase_all() returns integer
language plpgsql volatile as $$
declare
  v_count integer := 0;
  v_most bigint;
  v_xids xid8[];
  v_snapshots pg_snapshot[];
  v_tick_slot integer;
  v_queue pgque.queue;
begin
  -- Nobody reads a position, or writes an event, without one of these.
  lock table pgque.cursor, pgque.tick, pgque.later in access exclusive mode;
  lock table only pgque.event in access exclusive mode;

  select coalesce(max(k.ticks), 0) + 2 into v_most
  from pgque.queue q cross join lateral (select count(*) as ticks from pgque._known_ticks(q.queue_id)) k;
  select r.xids, r.snapshots into v_xids, v_snapshots from pgque._rebase_ids(v_most) r;

  v_tick_slot := pgque._make_room('tick', pg_sequence_last_value('pgque.tick_generation'), false);
  for v_queue in select q.* from pgque.queue q order by q.queue_id loop
    perform pgque._rebase_queue(v_queue, v_xids, v_snapshots, v_tick_slot);
    v_count := v_count + 1;
  end loop;
  for v_slot in 0 .. 2 loop
    if v_slot <> v_tick_slot then
      execute format('truncate only pgque.%I', 'tick_' || v_slot);
    end if;
  end loop;
  perform pgque._rebase_later(v_xids, v_snapshots);

  for v_log in 1 .. 3 loop
    perform pgque._rebase_mark('l', v_log, pg_sequence_last_value(
      ((array['pgque.tick_generation', 'pgque.cursor_generation', 'pgque.later_generation'])[v_log])::regclass));
  end loop;
  return v_count;
end
$$;

-- functions/inner/_rebase_events.sql
-- Gives the events of a queue new transaction ids, as _rebase_queue() says, and returns its ticks with their new snapshots.
-- An event above the ceiling of every tick was sent after the restore, whatever its id makes of it.
-- The new snapshots list no transaction that was open when they were taken. So the floor of a tick goes below the events of
-- those that it did not see.
create or replace function pgque._rebase_events(queue pgque.queue, ticks pgque.tick[], xids xid8[], snapshots pg_snapshot[])
returns pgque.tick[]
language plpgsql volatile as $$
declare
  v_log constant text := 'event_' || queue.log_id;
  v_slot constant integer := pgque._make_room(v_log, pg_sequence_last_value(queue.generation_seq), true);
  v_late xid8[];        -- transactions that a tick found open
  v_seen_by bigint[];   -- the first tick that saw each
  v_xid text;
  v_lows bigint[];      -- the lowest event of each new transaction id
  v_ticks pgque.tick[];
begin
  select array_agg(l.xid), array_agg(l.seen_by) into v_late, v_seen_by
  from (
    select x as xid, max(t.ordinality) + 1 as seen_by
    from unnest(ticks) with ordinality t cross join pg_snapshot_xip(t.snapshot) x
    group by x) l;
  select format('(%L::xid8[])[case when ev_id > %s then %s else coalesce(l.seen_by, width_bucket(ev_txid, %L::xid8[]) + 1) end]',
    xids, max(t.id_ceiling), count(*) + 1, array_agg(pg_snapshot_xmax(t.snapshot) order by t.tick_id))
  into v_xid from unnest(ticks) t;
  for v_from in 0 .. 2 loop
    perform pgque._move_slot(v_log, v_from, v_slot, jsonb_build_object('ev_txid', v_xid),
      format('left join unnest(%L::xid8[], %L::bigint[]) l (xid, seen_by) on l.xid = ev_txid', v_late, v_seen_by));
  end loop;

  -- Dynamic, because the slot is a table of its queue.
  execute format(
    'select array_agg(e.low order by x.n) from unnest($1) with ordinality x (xid, n)'
    ' cross join lateral (select min(e.ev_id) as low from pgque.%I e where e.ev_txid = x.xid and e.ev_owner is null) e',
    v_log || '_' || v_slot)
  into v_lows using xids[1 : cardinality(ticks) + 1];
  select array_agg(row(t.slot, t.queue_id, t.tick_id, t.tick_time, snapshots[t.ordinality], t.event_seq,
    least(t.id_floor, l.low - 1), t.id_ceiling, '{}'::xid8[])::pgque.tick order by t.ordinality) into v_ticks
  from unnest(ticks) with ordinality t
  join (
    select x.n, min(x.low) over (order by x.n desc rows between unbounded preceding and 1 preceding) as low
    from unnest(v_lows) with ordinality x (low, n)) l on l.n = t.ordinality;
  return v_ticks;
end
$$;

-- functions/inner/_rebase_ids.sql
-- Transaction ids for rebase(): so many, in their order, that this cluster has behind it and that no open transaction has;
-- and for each a snapshot that sees it and those before. A transaction that is open now is open to these snapshots too: what
-- it sends later reaches everybody. Where the cluster is too young, ids are used up. The caller holds the lock of the ticker.
create or replace function pgque._rebase_ids(needed bigint, out xids xid8[], out snapshots pg_snapshot[])
language plpgsql volatile as $$
declare
  v_now pg_snapshot := pgque._boundary();
  v_open bigint[];
begin
  loop
    v_open := array(select x::text::bigint from pg_snapshot_xip(v_now) x);
    exit when pg_snapshot_xmax(v_now)::text::bigint > needed + cardinality(v_open);
    v_now := pgque._boundary();  -- uses one up
  end loop;
  select array_agg(i.id::text::xid8 order by i.id),
    array_agg(format('%s:%s:%s', coalesce(o.lowest, i.id + 1), i.id + 1, o.list)::pg_snapshot order by i.id)
  into xids, snapshots
  from (
    select x as id from generate_series(1, needed + cardinality(v_open)) x where x <> all (v_open) order by x limit needed) i
  cross join lateral (
    select min(x) as lowest, string_agg(x::text, ',' order by x) as list from unnest(v_open) x where x <= i.id) o;
end
$$;

-- functions/inner/_rebase_later.sql
-- rebase() for retries and delayed sends: to the mover the first id is one that it has seen, the second one that it has not.
-- What it has moved stays moved, and what it has not is moved once.
create or replace function pgque._rebase_later(xids xid8[], snapshots pg_snapshot[]) returns void
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.later_generation');
  v_mover pgque.cursor := pgque._last_state('m', 0);
  v_slot integer;
begin
  v_mover.kind := 'm';
  v_mover.subject := 0;
  v_mover.noted_at := coalesce(v_mover.noted_at, '-infinity');
  v_mover.snapshot := coalesce(v_mover.snapshot, pgque._blank_snapshot());
  -- It could be taken for a retry of the same name that is not moved yet.
  delete from pgque.later l
  where l.slot = (v_generation + 1) % 3 and l.due_at <= v_mover.noted_at and pg_visible_in_snapshot(l.txid, v_mover.snapshot);
  v_slot := pgque._make_room('later', v_generation, false);
  for v_from in 0 .. 2 loop
    perform pgque._move_slot('later', v_from, v_slot, jsonb_build_object('txid',
      format('(%L::xid8[])[case when pg_visible_in_snapshot(txid, %L) then 1 else 2 end]', xids[1 : 2], v_mover.snapshot)));
  end loop;
  v_mover.snapshot := snapshots[1];
  perform pgque._append_state(v_mover);
end
$$;

-- functions/inner/_rebase_mark.sql
-- Begins the present generation of a log's rotation anew, for rebase(): nothing is noted, emptied or carried.
create or replace function pgque._rebase_mark(kind "char", subject integer, generation bigint) returns void
language plpgsql volatile as $$
declare
  v_mark pgque.cursor := pgque._last_state(kind, subject);
begin
  if v_mark.version is not null then
    v_mark.generation := null;
    perform pgque._append_state(v_mark);
  end if;
  perform pgque._append_state(pgque._rotation_mark(kind, subject, generation));
end
$$;

-- functions/inner/_rebase_queue.sql
-- rebase() for one queue. Its ticks are in the order of what they see, so that an event is told by the first tick that sees
-- it: events of tick n get the n-th id, those that no tick has seen the one after, and tick n a snapshot that sees n ids.
-- A consumer whose state the dump has lost gets everything again that is still held.
create or replace function pgque._rebase_queue(queue pgque.queue, xids xid8[], snapshots pg_snapshot[], tick_slot integer)
returns void
language plpgsql volatile as $$
declare
  v_generation constant bigint := pg_sequence_last_value(queue.generation_seq);
  v_ticks pgque.tick[] := array(select k from pgque._known_ticks(queue.queue_id) k order by k.tick_id);
  v_state pgque.cursor;
  v_first pgque.tick;
  v_subscription pgque.subscription;
begin
  -- The queue was dropped, and its log taken over, while it was dumped.
  update pgque.queue q set epoch = v_generation >> 40 where q.queue_id = queue.queue_id and q.epoch <> v_generation >> 40;
  v_ticks := pgque._rebase_events(queue, v_ticks, xids, snapshots);
  insert into pgque.tick
  select tick_slot, t.queue_id, t.tick_id, t.tick_time, t.snapshot, t.event_seq, t.id_floor, t.id_ceiling, t.owed_by
  from unnest(v_ticks) t order by t.tick_id;

  v_first := v_ticks[1];
  v_first.tick_id := v_first.tick_id - 1;
  v_first.snapshot := pgque._blank_snapshot();
  v_first.id_floor := 0;
  for v_subscription in select s.* from pgque.subscription s where s.queue_id = queue.queue_id loop
    v_state := pgque._last_state('s', v_subscription.subscription_id);
    if v_state.version is not null then
      perform pgque._append_state(pgque._rebased_state(v_state, v_ticks));
    elsif v_subscription.parent_id is null then
      raise warning 'the dump has no state of consumer "%" of queue "%"', v_subscription.consumer_name, queue.queue_name using
        hint = 'It gets again what the queue still holds.';
      v_state.kind := 's';
      v_state.subject := v_subscription.subscription_id;
      perform pgque._append_state(pgque._past_window(pgque._window_until(v_state, v_first)));
    end if;
  end loop;
  perform pgque._rebase_mark('q', queue.queue_id, v_generation);
end
$$;

-- functions/inner/_rebased_state.sql
-- The state with the snapshots and floors that its ticks have now.
create or replace function pgque._rebased_state(state pgque.cursor, ticks pgque.tick[]) returns pgque.cursor
language plpgsql immutable as $$
begin
  select t.snapshot, t.id_floor into state.snapshot, state.id_floor from unnest(ticks) t where t.tick_id = state.tick_id;
  select t.snapshot, t.id_floor into state.next_snapshot, state.next_id_floor
  from unnest(ticks) t where t.tick_id = state.next_tick_id;
  return state;
end
$$;

-- functions/inner/_refuse_insert.sql
-- Says why a queue takes no events: queue_not_found (QU001) or insert_disallowed (QU007). Never returns.
create or replace function pgque._refuse_insert(queue_name text) returns void
language plpgsql volatile as $$
begin
  if (pgque._find_queue(queue_name)).disable_insert then
    raise exception 'Insert into queue disallowed: %', queue_name using
      errcode = 'QU007', detail = queue_name,
      hint = 'The setting disable_insert of the queue is on; see pgque.set_queue_config().';
  end if;
  raise exception 'queue % changed meanwhile', queue_name using
    errcode = 'serialization_failure', hint = 'Run the transaction again.';
end
$$;

-- functions/inner/_require_batch.sql
-- As _lock_batch, but raises batch_not_found (QU003).
create or replace function pgque._require_batch(batch_id bigint) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_state pgque.cursor;
begin
  v_state := pgque._lock_batch(batch_id);
  if v_state.subject is null then
    raise exception 'batch not found: %', coalesce(batch_id::text, 'NULL') using
      errcode = 'QU003', detail = coalesce(batch_id::text, 'NULL'),
      hint = 'It was acknowledged, or its consumer was unsubscribed; receive again.';
  end if;
  return v_state;
end
$$;

-- functions/inner/_require_finite.sql
-- The time itself; raises invalid_argument (QU005) when it is NULL or infinite.
create or replace function pgque._require_finite(retry_time timestamptz) returns timestamptz
language plpgsql immutable as $$
begin
  if retry_time is null or not isfinite(retry_time) then
    raise exception 'retry time must be finite' using errcode = 'QU005', hint = 'Pass a number of seconds or a time.';
  end if;
  return retry_time;
end
$$;

-- functions/inner/_require_group.sql
-- As _lock_group, but raises serialization_failure (40001) when the lock is not to be had.
create or replace function pgque._require_group(queue_id integer, queue text, consumer text) returns integer
language plpgsql volatile as $$
declare
  v_group_id constant integer := pgque._lock_group(queue_id, queue, consumer);
begin
  if v_group_id is null then
    raise exception 'another session holds consumer %, %', queue, consumer using
      errcode = 'serialization_failure', hint = 'Run the transaction again.';
  end if;
  return v_group_id;
end
$$;

-- functions/inner/_require_member_name.sql
-- Raises invalid_argument (QU005) unless both names are fit for a cooperative consumer and its member: a member is listed
-- as <consumer>.<member>, so neither may have a dot.
create or replace function pgque._require_member_name(consumer text, subconsumer text) returns void
language plpgsql immutable as $$
begin
  if consumer is null or subconsumer is null or consumer = '' or subconsumer = ''
    or strpos(consumer, '.') > 0 or strpos(subconsumer, '.') > 0 then
    raise exception 'names of consumer and member must not be null or empty, nor have a dot' using
      errcode = 'QU005', detail = concat_ws(', ', coalesce(consumer, 'NULL'), coalesce(subconsumer, 'NULL')),
      hint = 'A member is listed as <consumer>.<member>.';
  end if;
end
$$;

-- functions/inner/_require_name.sql
-- Raises invalid_queue_name (QU008) unless the name is fit for a queue: its channel pgque_<name> must fit 63 bytes.
create or replace function pgque._require_name(queue_name text) returns void
language plpgsql immutable as $$
begin
  if queue_name is null or queue_name = '' then
    raise exception 'queue name must not be %', case when queue_name is null then 'null' else 'empty' end using
      errcode = 'QU008', hint = 'A queue name has 1 to 57 bytes.';
  end if;
  if octet_length(queue_name) > 57 then
    raise exception 'queue name too long: % bytes (max 57)', octet_length(queue_name) using
      errcode = 'QU008', detail = queue_name, hint = 'A queue name has 1 to 57 bytes.';
  end if;
end
$$;

-- functions/inner/_require_own_ticker.sql
-- Raises tick_not_allowed (QU014) for a queue that is paused or has an external ticker.
create or replace function pgque._require_own_ticker(queue pgque.queue) returns void
language plpgsql immutable as $$
begin
  if queue.external_ticker then
    raise exception 'queue has an external ticker: %', queue.queue_name using
      errcode = 'QU014', detail = queue.queue_name, hint = 'Its ticks come from pgque.ticker(queue, tick_id, timestamp, event_seq).';
  end if;
  if queue.ticker_paused then
    raise exception 'queue is paused: %', queue.queue_name using
      errcode = 'QU014', detail = queue.queue_name, hint = 'Resume it with pgque.resume_queue(queue).';
  end if;
end
$$;

-- functions/inner/_require_own_xid.sql
-- Raises rebase_needed (QU023) for a stored transaction id, or the end of a stored snapshot, that this cluster has not come to:
-- it is of another one. A tick, or a move of retries, made now would hide events, or be repeated for ever.
create or replace function pgque._require_own_xid(xid xid8) returns void
language plpgsql volatile as $$
begin
  if xid > pg_snapshot_xmax(pgque._newest_snapshot()) then
    raise exception 'transaction ids of another cluster are stored' using
      errcode = 'QU023', detail = xid::text, hint = 'This database was restored from a dump. Call pgque.rebase().';
  end if;
end
$$;

-- functions/inner/_require_read_committed.sql
-- Raises isolation_not_supported (QU013) in REPEATABLE READ and SERIALIZABLE, where no statement sees newer commits.
create or replace function pgque._require_read_committed(function_name text) returns void
language plpgsql stable as $$
begin
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    raise exception '% needs read committed', function_name using
      errcode = 'QU013', detail = current_setting('transaction_isolation'),
      hint = 'Run it in a transaction of its own with isolation level READ COMMITTED.';
  end if;
end
$$;

-- functions/inner/_require_seen_generation.sql
-- For transactions in REPEATABLE READ and SERIALIZABLE: raises serialization_failure (40001) when the snapshot does not
-- see the mark of this generation of a shared log (1 tick, 2 cursor, 3 later). Then rows may have been carried since to
-- where the snapshot does not see them, and the slots that it does see may have been truncated.
create or replace function pgque._require_seen_generation(log integer, generation bigint) returns void
language plpgsql volatile as $$
declare
  v_cursor_generation constant bigint := pg_sequence_last_value('pgque.cursor_generation');
begin
  perform from pgque.cursor c
  where c.slot in (v_cursor_generation % 3, (v_cursor_generation + 2) % 3)
    and c.kind = 'l' and c.subject = log and c.generation = _require_seen_generation.generation;
  if not found then
    raise exception 'a log rotated after this transaction began' using
      errcode = 'serialization_failure', hint = 'Run the transaction again.';
  end if;
end
$$;

-- functions/inner/_retries.sql
-- How many retries the mover has not moved yet, of each subscription that has any, and how many delayed sends of each
-- queue (subscription 0). Carried copies count once, what was cancelled not at all.
create or replace function pgque._retries(out subscription_id integer, out queue_id integer, out pending bigint)
returns setof record
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._state('m', 0);
  v_generation bigint;
begin
  lock table pgque.later in access share mode;
  v_generation := pg_sequence_last_value('pgque.later_generation');
  return query
    select l.owner, l.queue_id,
      count(distinct (l.ev_id, l.ev_retry)) filter (where l.ev_retry >= 0) - count(distinct l.ev_id) filter (where l.ev_retry < 0)
    from pgque.later l
    where l.slot in (v_generation % 3, (v_generation + 2) % 3)
      and (l.due_at > v_mover.noted_at or not pg_visible_in_snapshot(l.txid, v_mover.snapshot))
      and (l.owner = 0 or exists (select from pgque.subscription s where s.subscription_id = l.owner))
    group by l.owner, l.queue_id;
end
$$;

-- functions/inner/_retry_txids.sql
-- The transactions from low to below high that moved retries of a subscription into this slot and meet the condition:
-- a handful, found by stepping from one to the next in the index.
create or replace function pgque._retry_txids(leaf text, owner integer, low xid8, high xid8, condition text) returns xid8[]
language plpgsql volatile as $$
declare
  v_txids xid8[];
begin
  -- Dynamic, because the slot is a table of its queue.
  execute format(
    'with recursive t (ev_txid) as ('
    ' (select e.ev_txid from %1$s e where e.ev_owner = $1 and e.ev_txid >= $2 and e.ev_txid < $3 order by e.ev_txid limit 1)'
    ' union all'
    ' select n.ev_txid from t cross join lateral (select e.ev_txid from %1$s e'
    '   where e.ev_owner = $1 and e.ev_txid > t.ev_txid and e.ev_txid < $3 order by e.ev_txid limit 1) n)'
    ' select array_agg(ev_txid) from t where %2$s', leaf, condition)
  into v_txids using owner, low, high;
  return coalesce(v_txids, '{}'::xid8[]);
end
$$;

-- functions/inner/_reuse_event_log.sql
-- Takes the event log of a dropped queue over for a new one and returns its number; NULL when there is none, or an old
-- session still holds a lock on it. Its generation begins a new epoch: a transaction whose snapshot still sees the dropped
-- queue finds the epoch of another and must not append here.
create or replace function pgque._reuse_event_log() returns integer
language plpgsql volatile as $$
declare
  v_log_id integer;
  v_generation_seq regclass;
begin
  select r.log_id into v_log_id from pgque.retired_log r order by r.log_id limit 1;
  if not found then
    return null;
  end if;
  for v_slot in 0 .. 2 loop
    if not pgque._lock_slot(format('pgque.%I', 'event_' || v_log_id || '_' || v_slot)::regclass, true) then
      return null;
    end if;
  end loop;
  delete from pgque.retired_log r where r.log_id = v_log_id;
  execute format('truncate pgque.%I', 'event_' || v_log_id);
  v_generation_seq := format('pgque.%I', 'event_' || v_log_id || '_generation')::regclass;
  perform setval(v_generation_seq, (((pg_sequence_last_value(v_generation_seq) >> 40) + 1) << 40) + 3);
  perform setval(format('pgque.%I', 'event_' || v_log_id || '_id')::regclass, 1, false);
  return v_log_id;
end
$$;

-- functions/inner/_ring.sql
-- Wakes the ticker when the transaction commits, if one sleeps, and says which queue has something new: see pgque.tick_pending().
create or replace function pgque._ring(queue_name text default '') returns void
language plpgsql volatile as $$
begin
  if pg_sequence_last_value('pgque.doorbell') > 0
    and pg_sequence_last_value('pgque.doorbell') > extract(epoch from clock_timestamp()) then
    perform pg_notify('pgque:doorbell', queue_name);
  end if;
end
$$;

-- functions/inner/_rotate_event_log.sql
-- Moves the rotation of a queue's event log by at most one phase, as pgque.maint() says; returns 1 when it moved.
create or replace function pgque._rotate_event_log(queue_id integer) returns integer
language plpgsql volatile as $$
declare
  v_queue pgque.queue;
  v_generation bigint;
  v_mark pgque.cursor;
  v_next regclass;
begin
  -- Not waiting: drop_queue holds this lock for longer than rotation is worth.
  select q.* into v_queue from pgque.queue q where q.queue_id = _rotate_event_log.queue_id for key share skip locked;
  if not found then
    return 0;
  end if;
  v_generation := pg_sequence_last_value(v_queue.generation_seq);
  v_mark := pgque._rotation_mark('q', queue_id, v_generation);
  v_next := format('pgque.%I', 'event_' || v_queue.log_id || '_' || (v_generation + 1) % 3)::regclass;

  if v_mark.event_seq is null or v_mark.snapshot is null then
    if pgque._lock_slot(v_next, false) and pgque._is_slot_quiet(v_next) then
      v_mark.snapshot := pgque._newest_snapshot();
    elsif v_mark.event_seq is not null then
      return 0;
    end if;
    v_mark.event_seq := coalesce(v_mark.event_seq, pg_sequence_last_value(v_queue.event_seq), 0);
  elsif not v_mark.is_emptied then
    if pg_relation_size(v_next) > 0 then
      -- Asked before the lock, so as not to lock in vain, and again behind it, by a statement that sees what the
      -- lock waited for.
      if not (pgque._is_slot_passed(v_next, queue_id) or pgque._pass_over(v_queue, v_next))
        or not pgque._lock_slot(v_next, true)
        or not pgque._is_slot_passed(v_next, queue_id) then
        return 0;
      end if;
      v_mark.next_tick_id := greatest(v_mark.next_tick_id, pgque._oldest_complete_tick(v_next, queue_id));
      execute format('truncate only %s', v_next);
    end if;
    v_mark.is_emptied := true;
  elsif clock_timestamp() >= v_mark.noted_at + v_queue.rotation_period then
    return pgque._advance('q', queue_id, v_queue.generation_seq, v_generation);
  else
    return 0;
  end if;
  perform pgque._append_state(v_mark);
  return 1;
end
$$;

-- functions/inner/_rotate_shared_log.sql
-- Moves the rotation of a shared log by at most one phase, as pgque.maint() says; returns 1 when it moved.
create or replace function pgque._rotate_shared_log(subject integer, log text) returns integer
language plpgsql volatile as $$
declare
  v_sequence constant regclass := format('pgque.%I', log || '_generation')::regclass;
  v_generation bigint;
  v_current regclass;
  v_previous regclass;
  v_next regclass;
  v_mark pgque.cursor;
  v_config pgque.config;
begin
  -- In every phase: a mover that saw the log advance under it would miss the retries in the new slot, and note that it
  -- had seen them.
  if log = 'later' and not pgque._try_lock_mover() then
    return 0;
  end if;
  v_generation := pg_sequence_last_value(v_sequence);
  v_current := format('pgque.%I', log || '_' || v_generation % 3)::regclass;
  v_previous := format('pgque.%I', log || '_' || (v_generation + 2) % 3)::regclass;
  v_next := format('pgque.%I', log || '_' || (v_generation + 1) % 3)::regclass;
  v_mark := pgque._state('l', subject);
  if v_mark.generation is distinct from v_generation then
    if not pgque._is_carried_to(v_mark, v_generation) then
      return 0;  -- rebase() must come first
    end if;
    -- The transaction that advanced was rolled back, and the advance was not.
    perform pgque._append_state(pgque._rotation_mark('l', subject, v_generation));
    return 1;
  end if;

  select c.* into v_config from pgque.config c;
  if not v_mark.is_emptied then
    if pg_relation_size(v_next) > 0 then
      -- Not at once: a dump that has just begun, and has not locked its tables yet, does not see what was carried.
      if clock_timestamp() < v_mark.noted_at + v_config.log_rotation_period / 100 or not pgque._lock_slot(v_next, true) then
        return 0;
      end if;
      execute format('truncate only %s', v_next);
    end if;
    v_mark.is_emptied := true;
    perform pgque._append_state(v_mark);
    return 1;
  end if;

  if v_mark.is_carried then
    return pgque._advance('l', subject, v_sequence, v_generation);
  end if;

  if pg_relation_size(v_current) = 0
    or clock_timestamp() < v_mark.noted_at + v_config.log_rotation_period
      and (log = 'later' or pg_relation_size(v_current) < v_config.log_rotation_bytes) then
    return 0;
  end if;
  if not pgque._lock_slot(v_previous, false) then
    return 0;
  end if;
  if log = 'later' and not pgque._is_later_worth_carrying(v_generation) then
    v_mark.noted_at := clock_timestamp();  -- asked again after a period
  else
    case log
      when 'tick' then perform pgque._carry_ticks(v_generation);
      when 'cursor' then perform pgque._carry_states(v_generation);
      when 'later' then perform pgque._carry_retries(v_generation);
    end case;
    v_mark.is_carried := true;
  end if;
  perform pgque._append_state(v_mark);
  return 1;
end
$$;

-- functions/inner/_rotate_shared_logs.sql
-- Moves the rotation of the three shared logs by one phase each; returns how many moved.
create or replace function pgque._rotate_shared_logs() returns integer
language plpgsql volatile as $$
begin
  return pgque._rotate_shared_log(1, 'tick') + pgque._rotate_shared_log(2, 'cursor') + pgque._rotate_shared_log(3, 'later');
end
$$;

-- functions/inner/_rotated_away.sql
-- Raises serialization_failure (40001): the slot that was appended to has been given up, or serves another queue.
create or replace function pgque._rotated_away() returns void
language plpgsql volatile as $$
begin
  raise exception 'the event log rotated while the event was appended' using
    errcode = 'serialization_failure', hint = 'Run the transaction again.';
end
$$;

-- functions/inner/_rotation_holder.sql
-- What holds the rotation of a queue's event log that is due, in words, with advice: a consumer that has not passed the slot
-- that is to be emptied, or a session, or a prepared transaction, with a lock on it, or nobody who calls maint().
create or replace function pgque._rotation_holder(queue pgque.queue, mark pgque.cursor, out detail text, out hint text)
language plpgsql volatile as $$
declare
  v_next constant integer := ((pg_sequence_last_value(queue.generation_seq) + 1) % 3)::integer;
  v_leaf constant regclass := format('pgque.%I', 'event_' || queue.log_id || '_' || v_next)::regclass;
  v_holder text;
begin
  if mark.is_emptied is not true then
    if mark.snapshot is not null then
      select format('consumer "%s" has not passed %s (%s); its position is of %s%s', s.consumer_name, v_leaf,
        pg_size_pretty(u.bytes), c.tick_time::timestamptz(0), coalesce(', its open batch ' || c.batch_id, ''))
      into detail
      from pgque.subscription s
      cross join lateral (select x.* from pgque._state('s', s.subscription_id) x) c
      cross join lateral pgque._unpassed_slots(queue, array[c::pgque.cursor]) u
      where s.queue_id = queue.queue_id and u.slot = v_next
      order by c.tick_id, s.consumer_name limit 1;
      if detail is not null then
        hint := 'Run that consumer, or end its subscription with pgque.unsubscribe(). The setting max_consumer_lag bounds how long one may hold rotation.';
        return;
      end if;
    end if;
    v_holder := pgque._slot_holder(v_leaf, mark.snapshot is not null);
    if v_holder is not null then
      detail := format('%s holds a lock on %s', v_holder, v_leaf);
      hint := 'End that transaction. Producers and consumers should commit within minutes.';
      return;
    end if;
  end if;
  detail := 'maint() is not called, or does not come through';
  hint := 'Call pgque.maint() every few seconds, in a transaction of its own; pgque.start() schedules it with pg_cron.';
end
$$;

-- functions/inner/_rotation_mark.sql
-- The state of a log's rotation, to be changed and appended: kind q with a queue id, or l with 1 tick, 2 cursor, 3 later.
-- noted_at is when the generation was first seen. A state of an older generation comes back as that of a new one.
create or replace function pgque._rotation_mark(kind "char", subject integer, generation bigint) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_mark pgque.cursor := pgque._state(kind, subject);
begin
  if v_mark.generation is distinct from generation then
    v_mark.kind := kind;
    v_mark.subject := subject;
    v_mark.generation := generation;
    v_mark.noted_at := clock_timestamp();
    v_mark.is_emptied := false;
    v_mark.is_carried := false;
    v_mark.snapshot := null;
    v_mark.event_seq := null;
  end if;
  return v_mark;
end
$$;

-- functions/inner/_seek.sql
-- seek() for each of the ways to name a position.
create or replace function pgque._seek(queue text, consumer text, start_at text, tick_id bigint, at timestamptz) returns bigint
language plpgsql volatile as $$
declare
  v_queue constant pgque.queue := pgque._find_queue(queue);
  v_state pgque.cursor;
  v_tick pgque.tick;
begin
  perform pgque._require_read_committed('seek');
  -- Before the subscription: maint() reads subscriptions under this lock.
  perform pgque._lock_positions();
  v_state := pgque._lock_subscription(queue, consumer);
  if v_state.batch_id is not null then
    raise exception 'a batch is open: %, %', queue, consumer using
      errcode = 'QU019', detail = concat_ws(', ', queue, consumer), hint = 'Acknowledge it before the consumer is moved.';
  end if;
  v_tick := pgque._position(v_queue, start_at, tick_id, at);
  perform pgque._append_state(pgque._past_window(pgque._window_until(v_state, v_tick)));
  return v_tick.tick_id;
end
$$;

-- functions/inner/_slot_holder.sql
-- Who keeps rotation from locking a slot: the session, or the prepared transaction, that has held a lock on it longest, in
-- words; NULL when nobody does. Those that only read are left out when the lock would be SHARE.
create or replace function pgque._slot_holder(slot regclass, is_exclusive boolean) returns text
language plpgsql volatile as $$
begin
  return (
    select pgque._describe_session(l.pid, l.virtualtransaction)
    from pg_locks l left join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'relation' and l.relation = slot and l.granted and l.pid is distinct from pg_backend_pid()
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
      and (is_exclusive or l.mode not in ('AccessShareLock', 'RowShareLock', 'ShareLock'))
    order by l.pid is not null, a.xact_start limit 1);
end
$$;

-- functions/inner/_slots_with_retries.sql
-- Those of these slots in which transactions from low to below high moved retries of a subscription. Mostly none: one
-- cheap question in place of a search in each.
create or replace function pgque._slots_with_retries(leaves text[], owner integer, low xid8, high xid8) returns text[]
language plpgsql volatile as $$
declare
  v_found text[];
begin
  -- Dynamic, because the slots are tables of their queue.
  execute 'select array_remove(array[' || (
    select string_agg(format(
      'case when exists (select from %s e where e.ev_owner = $1 and e.ev_txid >= $2 and e.ev_txid < $3) then %1$L end', l), ',')
    from unnest(leaves) l) || '], null)'
  into v_found using owner, low, high;
  return v_found;
end
$$;

-- functions/inner/_states.sql
-- The states of all subscriptions (kind s) or of the rotation of all queues (kind q), in one pass. For whom there is none, no row.
-- The lock keeps both slots from being truncated until the transaction ends, so that the generation need not be read again.
-- Few rows for each subject, as of rotation, are read in the order of the index; of many, each subject's newest is looked
-- up, in the current slot first: what stands there, appended or carried, is never older than the previous slot's.
-- May raise serialization_failure (40001) in REPEATABLE READ and SERIALIZABLE: see _require_seen_generation.
create or replace function pgque._states(kind "char") returns setof pgque.cursor
language plpgsql volatile as $$
declare
  v_bytes_per_subject constant bigint := 750::bigint;
  v_generation bigint;
  v_query text;
begin
  lock table pgque.cursor in access share mode;
  v_generation := pg_sequence_last_value('pgque.cursor_generation');
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    perform pgque._require_seen_generation(2, v_generation);
  end if;
  if kind = 'q' or pg_relation_size('pgque.cursor_0') + pg_relation_size('pgque.cursor_1') + pg_relation_size('pgque.cursor_2')
    <= v_bytes_per_subject * (select count(*) from pgque.subscription) then
    v_query := 'select distinct on (n.subject) n.* from ('
      '(select distinct on (c.subject) c.* from pgque.%I c where c.slot = %s and c.kind = $1 order by c.subject desc, c.version desc)'
      ' union all '
      '(select distinct on (c.subject) c.* from pgque.%I c where c.slot = %s and c.kind = $1 order by c.subject desc, c.version desc)'
      ') n order by n.subject desc, n.version desc';
  else
    v_query := 'select n.* from pgque.subscription s cross join lateral ('
      '(select c.* from pgque.%I c where c.slot = %s and c.kind = $1 and c.subject = s.subscription_id order by c.version desc limit 1)'
      ' union all '
      '(select c.* from pgque.%I c where c.slot = %s and c.kind = $1 and c.subject = s.subscription_id order by c.version desc limit 1)'
      ' limit 1) n';
  end if;
  -- Dynamic, because a slot by its name is read faster than one that is chosen for each subject.
  return query execute format(v_query,
    'cursor_' || v_generation % 3, v_generation % 3, 'cursor_' || (v_generation + 2) % 3, (v_generation + 2) % 3) using kind;
end
$$;

-- functions/inner/_subscribe.sql
-- subscribe() from the newest tick on, or from a position, or from a tick.
create or replace function pgque._subscribe(queue text, consumer text, start_at text, tick_id bigint) returns integer
language plpgsql volatile as $$
declare
  v_queue pgque.queue;
  v_tick pgque.tick;
  v_state pgque.cursor;
begin
  if consumer is null or consumer = '' then
    raise exception 'consumer must not be %', case when consumer is null then 'null' else 'empty' end using
      errcode = 'QU005', hint = 'Pass the name under which this reader keeps its position.';
  end if;
  if start_at is not null or tick_id is not null then
    perform pgque._require_read_committed('subscribe');
    perform pgque._lock_positions();
  end if;
  v_queue := pgque._lock_queue(queue);
  insert into pgque.subscription (queue_id, consumer_name) values (v_queue.queue_id, consumer)
  on conflict on constraint subscription_queue_id_consumer_name_key do nothing
  returning subscription_id into v_state.subject;
  if not found then
    return 0;
  end if;

  if start_at is null and tick_id is null then
    v_tick := pgque._newest_tick(v_queue.queue_id);
  else
    v_tick := pgque._position(v_queue, start_at, tick_id, null);
  end if;
  if v_tick.tick_id is null then
    raise exception 'the tick log rotated after this transaction began' using
      errcode = 'serialization_failure', hint = 'Run the transaction again.';
  end if;
  v_state.kind := 's';
  perform pgque._append_state(pgque._past_window(pgque._window_until(v_state, v_tick)));
  return 1;
end
$$;

-- functions/inner/_take_over.sql
-- The batch of a member of the group that has not been heard of for dead_interval, the longest silent first: its member
-- loses it, and the state that is returned has it under a new batch id, for the member whose state was given. The same
-- state when there is none. A member whose transaction is open holds its lock and is left alone.
-- The caller holds the group and the member that is given.
create or replace function pgque._take_over(member pgque.cursor, group_id integer, dead_interval interval) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_silent_id integer;
  v_silent pgque.cursor;
begin
  for v_silent_id in
    select s.subscription_id
    from pgque.subscription s cross join lateral pgque._state('s', s.subscription_id) c
    where s.parent_id = group_id and s.subscription_id <> member.subject
      and c.batch_id is not null and c.changed_at < clock_timestamp() - dead_interval
    order by c.changed_at
  loop
    perform from pgque.subscription s where s.subscription_id = v_silent_id for no key update skip locked;
    continue when not found;
    v_silent := pgque._state('s', v_silent_id);
    -- It may have been heard of while this looked around.
    continue when v_silent.batch_id is null or v_silent.changed_at >= clock_timestamp() - dead_interval;
    perform pgque._append_state(pgque._closed_batch(v_silent, true));
    v_silent.subject := member.subject;
    v_silent.version := member.version;
    v_silent.generation := coalesce(v_silent.generation, v_silent.batch_id);
    v_silent.batch_id := nextval('pgque.batch_id_seq');
    perform pgque._append_state(v_silent);
    return v_silent;
  end loop;
  return member;
end
$$;

-- functions/inner/_tick.sql
-- Appends a tick for each queue that is due, of all queues or of one; returns their ids and those of the ticks.
-- A queue is due when
--   its event sequence moved by ticker_max_count, or moved at all and ticker_max_lag has passed;
--   a transaction that may owe it events from before the last tick has ended and ticker_max_lag has passed;
--   ticker_idle_period has passed.
-- An eager ticker waits neither for ticker_max_count nor for ticker_max_lag. With an id of its own from before the call
-- of the ticker, this transaction may have sent events itself.
-- The caller holds the lock of the ticker, taken in a statement of its own: the snapshots have the order of the tick ids.
create or replace function pgque._tick(
  only_queue_id integer default null, is_eager boolean default false, own xid8 default pg_current_xact_id_if_assigned(),
  out queue_ids integer[], out tick_ids bigint[])
language plpgsql volatile as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_generation bigint;
  v_due integer[];
  v_last bigint[];
  v_floor bigint[];
  v_owed text[];
  v_seen xid8;
  v_snapshot pg_snapshot;
  v_open xid8[];
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    -- The sequences are read here, before the snapshot of the ticks is taken: see pgque.tick.
    -- A clock that was set back makes a queue due, once; it does not stop it. The newest tick is asked of the current
    -- slot first: a row there, fresh or carried, is never older than what the previous slot holds.
    select array_agg(d.queue_id), array_agg(d.tick_id), array_agg(d.floor),
      array_agg(case when d.floor = d.id_floor then d.owed_by::text end), (array_agg(d.xmax order by d.xmax desc))[1]
    into v_due, v_last, v_floor, v_owed, v_seen
    from (
      select q.queue_id, q.ticker_max_count, q.ticker_max_lag, q.ticker_idle_period, t.tick_id, t.id_floor, t.owed_by,
        pg_snapshot_xmax(t.snapshot) as xmax,
        coalesce(pg_sequence_last_value(q.event_seq), 0) as floor,
        greatest(v_now - t.tick_time, t.tick_time - v_now) as age
      from pgque.queue q
      cross join lateral (
        (select c.* from pgque.tick c
         where c.slot = v_generation % 3 and c.queue_id = q.queue_id order by c.tick_id desc limit 1)
        union all
        (select p.* from pgque.tick p
         where p.slot = (v_generation + 2) % 3 and p.queue_id = q.queue_id order by p.tick_id desc limit 1)
        limit 1) t
      where not q.ticker_paused and not q.external_ticker
        and (only_queue_id is null or q.queue_id = only_queue_id)) d
    where d.floor - d.id_floor >= d.ticker_max_count
      or d.floor > d.id_floor and (is_eager or d.age >= d.ticker_max_lag)
      or d.age >= d.ticker_idle_period
      or d.owed_by <> '{}' and (is_eager or d.age >= d.ticker_max_lag) and exists (
        select from unnest(d.owed_by) x where pg_visible_in_snapshot(x, pg_current_snapshot()));
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;

  if v_due is null then
    return;
  end if;
  perform pgque._require_own_xid(v_seen);
  v_snapshot := pgque._boundary();
  v_open := array(
    select x from pg_snapshot_xip(v_snapshot) x where x = own or x is distinct from pg_current_xact_id_if_assigned());
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    with ticked as (
      insert into pgque.tick
      select v_generation % 3, d.queue_id, d.tick_id + 1, v_now, v_snapshot, d.floor, d.floor,
        coalesce(pg_sequence_last_value(q.event_seq), 0),
        case when d.owed is null then v_open
          else array(select x from unnest(d.owed::xid8[]) x where not pg_visible_in_snapshot(x, v_snapshot)) end
      from unnest(v_due, v_last, v_floor, v_owed) d (queue_id, tick_id, floor, owed)
      join pgque.queue q on q.queue_id = d.queue_id
      returning queue_id, tick_id)
    select array_agg(t.queue_id), array_agg(t.tick_id) into queue_ids, tick_ids from ticked t;
    -- Rotated meanwhile: once more, as in pgque._append_tick().
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;

  perform pg_notify('pgque_' || q.queue_name, t.tick_id::text)
  from unnest(queue_ids, tick_ids) t (queue_id, tick_id) join pgque.queue q on q.queue_id = t.queue_id;
end
$$;

-- functions/inner/_tick_owed_by.sql
-- What a tick says of owed_by; NULL when it is not held any more.
create or replace function pgque._tick_owed_by(queue_id integer, tick_id bigint) returns xid8[]
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_owed_by xid8[];
begin
  loop
    v_generation := pg_sequence_last_value('pgque.tick_generation');
    select t.owed_by into v_owed_by
    from pgque.tick t
    where t.slot in (v_generation % 3, (v_generation + 2) % 3)
      and t.queue_id = _tick_owed_by.queue_id and t.tick_id = _tick_owed_by.tick_id
    limit 1;
    exit when pg_sequence_last_value('pgque.tick_generation') = v_generation;
  end loop;
  return v_owed_by;
end
$$;

-- functions/inner/_uninstall_in_steps.sql
-- uninstall() for more queues than one transaction can lock the tables of. Each step commits, and what it has dropped is
-- gone when a later one fails; called again it goes on. Outside of a transaction block.
-- A procedure that commits cannot have a pinned search_path: what it looks up is qualified.
create or replace procedure pgque._uninstall_in_steps()
language plpgsql as $$
declare
  v_log name;
  v_dropped integer := 0;
begin
  perform pgque.stop();
  for v_log in
    select c.relname
    from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) i.inhrelid
    where i.inhparent operator(pg_catalog.=) 'pgque.event'::regclass
  loop
    execute pg_catalog.format('drop sequence pgque.%I, pgque.%I', v_log || '_id', v_log || '_generation');
    execute pg_catalog.format('drop table pgque.%I', v_log);
    v_dropped := v_dropped operator(pg_catalog.+) 1;
    if v_dropped operator(pg_catalog.%) 10 operator(pg_catalog.=) 0 then
      commit;
    end if;
  end loop;
  perform pgque.uninstall();
end
$$;

-- functions/inner/_unmoved.sql
-- Retries and delayed sends that the mover has not moved yet, and rows that cancel some: the max_rows that are due first, and
-- at most as many that were due when it moved last and committed since. A carried copy may come with its original.
create or replace function pgque._unmoved(
  max_rows bigint,
  out queue_id integer, out owner integer, out ev_id bigint, out ev_retry integer, out due_at timestamptz, out txid xid8)
returns setof record
language plpgsql volatile as $$
declare
  v_mover constant pgque.cursor := pgque._state('m', 0);
  v_slots text;
begin
  lock table pgque.later in access share mode;
  v_slots := pgque._later_slots(pg_sequence_last_value('pgque.later_generation'));
  return query execute format($query$
    (select l.queue_id, l.owner, l.ev_id, l.ev_retry, l.due_at, l.txid from %1$s l
     where l.due_at > $1 order by l.due_at limit $4)
    union all
    (select l.queue_id, l.owner, l.ev_id, l.ev_retry, l.due_at, l.txid from %1$s l
     where (l.due_at <= $1) is true and l.txid >= $2 limit $4)
    union all
    (select l.queue_id, l.owner, l.ev_id, l.ev_retry, l.due_at, l.txid from %1$s l
     where (l.due_at <= $1) is true and l.txid = any ($3) limit $4)$query$, v_slots)
  using v_mover.noted_at, pg_snapshot_xmax(v_mover.snapshot), array(select pg_snapshot_xip(v_mover.snapshot)), max_rows;
end
$$;

-- functions/inner/_unpassed_slots.sql
-- The slots of a queue's event log that hold something some of its subscriptions have not passed, for each such
-- subscription, with their sizes. Index probes, as in _is_slot_passed(). Whoever looks must not hang, nor stand in the way:
-- a slot that is locked exclusively for longer than 50 ms is left out, and the locks taken here are given back at once.
create or replace function pgque._unpassed_slots(
  queue pgque.queue, states pgque.cursor[], out subject integer, out slot integer, out bytes bigint)
returns setof record
language plpgsql volatile set lock_timeout = '50ms' as $$
declare
  v_leaf text;
  v_subjects integer[];
begin
  for v_slot in 0 .. 2 loop
    v_leaf := format('pgque.%I', 'event_' || queue.log_id || '_' || v_slot);
    v_subjects := null;
    begin
      bytes := pg_total_relation_size(v_leaf::regclass);
      continue when pg_relation_size(v_leaf::regclass) = 0;
      -- Dynamic, because the slot is a table of its queue.
      execute format(
        'select array_agg(s.subject) from unnest($1) s'
        ' where exists (select from only %s e where e.ev_txid >= pg_snapshot_xmax(s.snapshot) and e.ev_owner is null)'
        ' or exists (select from only %1$s e'
        '   where e.ev_txid = any (array(select pg_snapshot_xip(s.snapshot))) and e.ev_owner is null)'
        ' or exists (select from only %1$s e'
        '   where e.ev_owner = s.subject and e.ev_txid >= pg_snapshot_xmax(s.snapshot))'
        ' or exists (select from only %1$s e'
        '   where e.ev_owner = s.subject and e.ev_txid = any (array(select pg_snapshot_xip(s.snapshot))))', v_leaf)
      into v_subjects using states;
      raise exception using errcode = 'QUTIC', message = 'rolled back', hint = 'Never seen by a caller.';
    exception when sqlstate 'QUTIC' then
      null;
    when lock_not_available then
      null;
    end;
    slot := v_slot;
    foreach subject in array coalesce(v_subjects, '{}') loop
      return next;
    end loop;
  end loop;
end
$$;

-- functions/inner/_window_until.sql
-- The state with a window opened from its position to this tick.
create or replace function pgque._window_until(state pgque.cursor, tick pgque.tick) returns pgque.cursor
language plpgsql immutable as $$
begin
  state.next_tick_id := tick.tick_id;
  state.next_tick_time := tick.tick_time;
  state.next_snapshot := tick.snapshot;
  state.next_event_seq := tick.event_seq;
  state.next_id_floor := tick.id_floor;
  state.next_id_ceiling := tick.id_ceiling;
  state.page_after := null;
  state.page_until := null;
  return state;
end
$$;

-- functions/inner/_with_own_xid.sql
-- The snapshot with the running transaction listed as open. PostgreSQL leaves it out, and takes it for finished once
-- a later transaction has completed: what this transaction appends after a tick of its own would belong to no batch.
create or replace function pgque._with_own_xid(snapshot pg_snapshot) returns pg_snapshot
language plpgsql volatile as $$
declare
  v_own constant xid8 := pg_current_xact_id_if_assigned();
begin
  if v_own is null or not pg_visible_in_snapshot(v_own, snapshot) then
    return snapshot;
  end if;
  return (
    select format('%s:%s:%s', min(x.xid::text::numeric), pg_snapshot_xmax(snapshot), string_agg(x.xid::text, ',' order by x.xid))
    from (select v_own union all select pg_snapshot_xip(snapshot)) x (xid))::pg_snapshot;
end
$$;

-- functions/producing/insert_event.sql
-- Appends one event and returns its id. It reaches every subscription after the transaction has committed and the
-- ticker has ticked. Raises queue_not_found (QU001), insert_disallowed (QU007), and serialization_failure (40001) when
-- the log rotated twice between choosing the slot and appending, or serves another queue since this transaction's
-- snapshot: run it again.
create or replace function pgque.insert_event(
  queue_name text, ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_log_id integer;
  v_event_seq regclass;
  v_generation_seq regclass;
  v_epoch integer;
  v_disable_insert boolean;
  v_generation bigint;
  v_txid xid8;
  v_id bigint;
begin
  select q.log_id, q.event_seq, q.generation_seq, q.epoch, q.disable_insert
  into v_log_id, v_event_seq, v_generation_seq, v_epoch, v_disable_insert
  from pgque.queue q where q.queue_name = insert_event.queue_name;
  if v_disable_insert is distinct from false then
    perform pgque._refuse_insert(queue_name);
  end if;

  -- The transaction id first, then the event id: a tick between the two would otherwise put its floor above an event
  -- of a transaction that it takes for a later one, and the event would never be read.
  v_txid := pg_current_xact_id();
  v_id := nextval(v_event_seq);
  v_generation := pg_sequence_last_value(v_generation_seq);
  insert into pgque.event (log_id, slot, ev_id, ev_txid, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
  values (v_log_id, v_generation % 3, v_id, v_txid, insert_event.ev_type, insert_event.ev_data,
    insert_event.ev_extra1, insert_event.ev_extra2, insert_event.ev_extra3, insert_event.ev_extra4);
  if pg_sequence_last_value(v_generation_seq) > v_generation + 1 or v_generation >> 40 <> v_epoch then
    perform pgque._rotated_away();
  end if;
  -- After the event id: a ticker that goes to sleep raises the doorbell first and looks for ids afterwards.
  if pg_sequence_last_value('pgque.doorbell') > 0 then
    perform pgque._ring(queue_name);
  end if;
  return v_id;
end
$$;

create or replace function pgque.insert_event(queue_name text, ev_type text, ev_data text) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, ev_type, ev_data, null, null, null, null)
$$;

comment on function pgque.insert_event(text, text, text, text, text, text, text) is 'Append one event; returns its id';
comment on function pgque.insert_event(text, text, text) is 'Append one event; returns its id';
grant execute on function pgque.insert_event(text, text, text, text, text, text, text), pgque.insert_event(text, text, text)
  to pgque_writer;

-- functions/producing/cancel.sql
-- Cancels a delayed send. True when the message will not be delivered because of this call; false when it has been moved
-- to its queue already, was cancelled before, or is unknown. Nothing is deleted: a row is appended that the mover meets
-- together with the message. Raises isolation_not_supported (QU013). Until the transaction ends, no retry and no delayed
-- send is moved.
create or replace function pgque.cancel(id bigint) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_mover pgque.cursor;
  v_generation bigint;
  v_row pgque.later;
begin
  perform pgque._require_read_committed('cancel');
  perform pgque._lock_mover();
  v_mover := pgque._state('m', 0);
  v_generation := pg_sequence_last_value('pgque.later_generation');
  -- The row that cancels, if there is one, comes first.
  select l.* into v_row
  from pgque.later l
  where l.slot in (v_generation % 3, (v_generation + 2) % 3) and l.owner = 0 and l.ev_id = id
    and (l.due_at > v_mover.noted_at or not pg_visible_in_snapshot(l.txid, v_mover.snapshot))
  order by l.ev_retry limit 1;
  if v_row.ev_retry is distinct from 0 then
    return false;
  end if;
  v_row.ev_retry := -1;
  v_row.ev_data := null;
  perform pgque._append_delayed(v_row);
  return true;
end
$$;

comment on function pgque.cancel(bigint) is 'Cancel a delayed send; true when it will not be delivered';
grant execute on function pgque.cancel(bigint) to pgque_writer;

-- functions/producing/send.sql
-- Sends one message and returns its id; text is stored verbatim, jsonb in its canonical form, the type without one is
-- 'default'. Raises what insert_event() raises. The planner inlines these into the call of insert_event().
create or replace function pgque.send(queue_name text, type_name text, payload text) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, type_name, payload, null, null, null, null)
$$;

create or replace function pgque.send(queue_name text, type_name text, payload jsonb) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, type_name, payload::pg_catalog.text, null, null, null, null)
$$;

create or replace function pgque.send(queue_name text, payload text) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, 'default', payload, null, null, null, null)
$$;

create or replace function pgque.send(queue_name text, payload jsonb) returns bigint
language sql volatile as $$
  select pgque.insert_event(queue_name, 'default', payload::pg_catalog.text, null, null, null, null)
$$;

comment on function pgque.send(text, text, text) is 'Send one message of a type; returns its id';
comment on function pgque.send(text, text, jsonb) is 'Send one JSON message of a type; returns its id';
comment on function pgque.send(text, text) is 'Send one message; returns its id';
comment on function pgque.send(text, jsonb) is 'Send one JSON message; returns its id';
grant execute on function
  pgque.send(text, text, text), pgque.send(text, text, jsonb), pgque.send(text, text), pgque.send(text, jsonb)
  to pgque_writer;

-- functions/producing/send_at.sql
-- Sends a message at a time, or after a delay; at once when that is past. Returns an id that cancel() takes; the event has
-- an id of its own when it is delivered, by the first maint_retry_events() and tick after it is due.
-- Raises queue_not_found (QU001), insert_disallowed (QU007), invalid_argument (QU005) for a NULL or infinite time.
create or replace function pgque.send_at(queue_name text, type_name text, payload text, deliver_at timestamptz) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue constant pgque.queue := pgque._find_queue(queue_name);
  v_row pgque.later;
begin
  if v_queue.disable_insert then
    perform pgque._refuse_insert(queue_name);
  end if;
  v_row.owner := 0;
  v_row.ev_id := nextval('pgque.delayed_id_seq');
  v_row.ev_retry := 0;
  v_row.queue_id := v_queue.queue_id;
  v_row.due_at := pgque._require_finite(deliver_at);
  v_row.ev_time := now();
  v_row.ev_type := type_name;
  v_row.ev_data := payload;
  perform pgque._append_delayed(v_row);
  return v_row.ev_id;
end
$$;

create or replace function pgque.send_at(queue_name text, type_name text, payload jsonb, deliver_at timestamptz) returns bigint
language sql volatile as $$
  select pgque.send_at(queue_name, type_name, payload::pg_catalog.text, deliver_at)
$$;

create or replace function pgque.send_at(queue_name text, type_name text, payload text, delay interval) returns bigint
language sql volatile as $$
  select pgque.send_at(queue_name, type_name, payload, pg_catalog.clock_timestamp() operator(pg_catalog.+) delay)
$$;

create or replace function pgque.send_at(queue_name text, type_name text, payload jsonb, delay interval) returns bigint
language sql volatile as $$
  select pgque.send_at(queue_name, type_name, payload::pg_catalog.text, pg_catalog.clock_timestamp() operator(pg_catalog.+) delay)
$$;

comment on function pgque.send_at(text, text, text, timestamptz) is 'Send a message at a time; returns an id for cancel()';
comment on function pgque.send_at(text, text, jsonb, timestamptz) is 'Send a JSON message at a time; returns an id for cancel()';
comment on function pgque.send_at(text, text, text, interval) is 'Send a message after a delay; returns an id for cancel()';
comment on function pgque.send_at(text, text, jsonb, interval) is 'Send a JSON message after a delay; returns an id for cancel()';
grant execute on function
  pgque.send_at(text, text, text, timestamptz), pgque.send_at(text, text, jsonb, timestamptz),
  pgque.send_at(text, text, text, interval), pgque.send_at(text, text, jsonb, interval) to pgque_writer;

-- functions/producing/send_batch.sql
-- Sends many messages in one statement; the ids come in the order of the payloads. '{}' gives '{}' without looking at
-- the queue; NULL elements are stored as NULL. type_names and extras (stored as extra1) go with the payload of the
-- same position. Raises invalid_argument (QU005) for a NULL array or arrays of different lengths, and what
-- insert_event() raises.
create or replace function pgque.send_batch(queue_name text, type_names text[], payloads text[], extras text[] default null)
returns bigint[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if type_names is null or payloads is null then
    raise exception '% must not be null', case when payloads is null then 'payloads' else 'type_names' end using
      errcode = 'QU005', hint = 'Pass an empty array to send nothing.';
  end if;
  if cardinality(type_names) <> cardinality(payloads) or cardinality(extras) <> cardinality(payloads) then
    raise exception 'type_names and extras must be as long as payloads' using errcode = 'QU005',
      detail = format('%s payloads, %s type_names, %s extras', cardinality(payloads), cardinality(type_names), cardinality(extras)),
      hint = 'Pass one type name, and one extra if any, for each payload.';
  end if;
  return pgque._append_events(queue_name, null, type_names, payloads, extras);
end
$$;

create or replace function pgque.send_batch(queue_name text, type_name text, payloads text[]) returns bigint[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if payloads is null then
    raise exception 'payloads must not be null' using errcode = 'QU005', hint = 'Pass an empty array to send nothing.';
  end if;
  return pgque._append_events(queue_name, type_name, null, payloads, null);
end
$$;

create or replace function pgque.send_batch(queue_name text, type_name text, payloads jsonb[]) returns bigint[]
language sql volatile as $$
  select pgque.send_batch(queue_name, type_name, payloads::pg_catalog.text[])
$$;

create or replace function pgque.send_batch(queue_name text, payloads text[]) returns bigint[]
language sql volatile as $$
  select pgque.send_batch(queue_name, 'default'::pg_catalog.text, payloads)
$$;

create or replace function pgque.send_batch(queue_name text, payloads jsonb[]) returns bigint[]
language sql volatile as $$
  select pgque.send_batch(queue_name, 'default'::pg_catalog.text, payloads::pg_catalog.text[])
$$;

comment on function pgque.send_batch(text, text[], text[], text[]) is 'Send many messages, each with its own type; returns their ids in order';
comment on function pgque.send_batch(text, text, text[]) is 'Send many messages of a type; returns their ids in order';
comment on function pgque.send_batch(text, text, jsonb[]) is 'Send many JSON messages of a type; returns their ids in order';
comment on function pgque.send_batch(text, text[]) is 'Send many messages; returns their ids in order';
comment on function pgque.send_batch(text, jsonb[]) is 'Send many JSON messages; returns their ids in order';
grant execute on function
  pgque.send_batch(text, text[], text[], text[]), pgque.send_batch(text, text, text[]),
  pgque.send_batch(text, text, jsonb[]), pgque.send_batch(text, text[]), pgque.send_batch(text, jsonb[])
  to pgque_writer;

-- functions/consuming/ack.sql
-- Acknowledges a batch: the consumer moves past exactly the messages that receive() returned.
-- Returns 1, or 0 when the batch is unknown or no longer open. Locks the subscription until the transaction ends.
create or replace function pgque.ack(batch_id bigint) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._close_batch(batch_id, false);
end
$$;

comment on function pgque.ack(bigint) is 'Acknowledge a batch: move past what receive() returned, and no further';
grant execute on function pgque.ack(bigint) to pgque_reader;

-- functions/consuming/nack.sql
-- Gives messages of an open batch back: each is redelivered to this consumer after its delay, or goes to the dead
-- letters when it was retried max_retries times already, or when dead says so. The batch stays open: ack() it afterwards, or use settle().
-- Returns how many were recorded now: a message that was given back before counts 0. Of msg only msg_id is used.
-- Raises batch_not_found (QU003), message_not_found (QU004), invalid_argument (QU005). Locks the subscription.
create or replace function pgque.nack(
  batch_id bigint, msg_ids bigint[], retry_afters interval[] default null, reasons text[] default null,
  dead boolean[] default null)
returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._give_back(batch_id, msg_ids, pgque._due_ats(msg_ids, retry_afters, reasons, dead), reasons, null, dead);
end
$$;

create or replace function pgque.nack(
  batch_id bigint, msg pgque.message, retry_after interval default '60 seconds', reason text default null)
returns integer
language sql volatile as $$
  select pgque.nack(batch_id, array[(msg).msg_id], array[retry_after], array[reason])
$$;

comment on function pgque.nack(bigint, bigint[], interval[], text[], boolean[]) is 'Give messages back: retry after a delay, or dead letter';
comment on function pgque.nack(bigint, pgque.message, interval, text) is 'Give one message back: retry after a delay, or dead letter';
grant execute on function
  pgque.nack(bigint, bigint[], interval[], text[], boolean[]), pgque.nack(bigint, pgque.message, interval, text) to pgque_reader;

-- functions/consuming/receive.sql
-- Opens a batch of at most max_return messages for this consumer and returns them in the order of their ids; while a
-- batch is open, returns that one again. Passes over windows without events: no rows means that nothing is left up
-- to the newest tick. Of a window with more events the next call after ack() returns the next page.
-- Raises queue_not_found (QU001), consumer_not_registered (QU002), invalid_argument (QU005), state_missing (QU016).
-- Locks the subscription until the transaction ends.
create or replace function pgque.receive(queue text, consumer text, max_return integer default 100)
returns setof pgque.message
language plpgsql volatile security definer
-- The result is kept in memory up to work_mem before it is handed on; a large batch would go through a file.
set search_path = pg_catalog, pg_temp set work_mem = '64MB' as $$
declare
  v_columns constant text := 'ev_id, $1, ev_type, ev_data, ev_retry, ev_time, ev_extra1, ev_extra2, ev_extra3, ev_extra4';
  v_state pgque.cursor;
  v_batch_id bigint;
  v_count bigint;
  v_wanted bigint := max_return::bigint;
  v_is_moved boolean := false;
begin
  if max_return is null or max_return < 1 then
    raise exception 'max_return must be >= 1' using errcode = 'QU005', hint = 'Pass the number of messages that you can handle at once.';
  end if;
  v_state := pgque._lock_subscription(queue, consumer);
  if v_state.batch_id is not null then
    return query execute pgque._batch_query(v_state, v_columns, null) using v_state.batch_id;
    return;
  end if;

  loop
    if v_state.next_tick_id is null then
      v_state := pgque._next_window(v_state, v_wanted);
      exit when v_state.next_tick_id is null;
    end if;
    v_batch_id := coalesce(v_batch_id, nextval('pgque.batch_id_seq'));
    return query execute pgque._batch_query(v_state, v_columns, max_return) using v_batch_id;
    get diagnostics v_count = row_count;
    if v_count > 0 then
      if v_count = max_return then
        execute pgque._batch_query(v_state, 'ev_id', max_return) || ' offset ' || max_return - 1 into v_state.page_until;
      end if;
      v_state.batch_id := v_batch_id;
      perform pgque._append_state(v_state);
      return;
    end if;
    v_state := pgque._past_window(v_state);
    v_is_moved := true;
    -- Empty, as after ids that were drawn in vain: a longer one.
    v_wanted := least(v_wanted * 2, 1000000000);
  end loop;

  if v_is_moved then
    perform pgque._append_state(v_state);
  end if;
end
$$;

comment on function pgque.receive(text, text, integer) is 'Open a batch of at most max_return messages, or return the open one again';
grant execute on function pgque.receive(text, text, integer) to pgque_reader;

-- functions/consuming/seek.sql
-- Moves a consumer to another position, forward or back: a tick id, a time, 'earliest' (all that is still held) or 'latest'.
-- Its pending retries stay. Returns the tick id that it stands at. Raises queue_not_found (QU001),
-- consumer_not_registered (QU002), consumer_is_cooperative (QU017), batch_open (QU019), position_not_held (QU021),
-- invalid_argument (QU005), isolation_not_supported (QU013). Rotation waits until the transaction ends.
create or replace function pgque.seek(queue text, consumer text, "to" text) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._seek(queue, consumer, "to", null, null);
end
$$;

create or replace function pgque.seek(queue text, consumer text, "to" bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._seek(queue, consumer, null, "to", null);
end
$$;

create or replace function pgque.seek(queue text, consumer text, "to" timestamptz) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._seek(queue, consumer, null, null, "to");
end
$$;

comment on function pgque.seek(text, text, text) is 'Move a consumer to the latest or earliest position, or to a time';
comment on function pgque.seek(text, text, bigint) is 'Move a consumer to a tick';
comment on function pgque.seek(text, text, timestamptz) is 'Move a consumer to a time';
grant execute on function
  pgque.seek(text, text, text), pgque.seek(text, text, bigint), pgque.seek(text, text, timestamptz) to pgque_reader;

-- functions/consuming/settle.sql
-- nack() and ack() in one call: gives the listed messages back and acknowledges the batch. Returns what ack() returns.
-- With no message listed it is ack(), 0 for a stale batch; else it raises what nack() raises.
create or replace function pgque.settle(
  batch_id bigint, msg_ids bigint[] default null, retry_afters interval[] default null, reasons text[] default null,
  dead boolean[] default null)
returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if cardinality(msg_ids) > 0 then
    perform pgque.nack(batch_id, msg_ids, retry_afters, reasons, dead);
  end if;
  return pgque.ack(batch_id);
end
$$;

comment on function pgque.settle(bigint, bigint[], interval[], text[], boolean[]) is 'Give the listed messages back and acknowledge the batch';
grant execute on function pgque.settle(bigint, bigint[], interval[], text[], boolean[]) to pgque_reader;

-- functions/consuming/subscribe.sql
-- Subscribes a consumer to a queue, from the newest tick on: it gets every event whose transaction begins to send after
-- this one has committed. Returns 1, or 0 when it is subscribed already. Raises queue_not_found (QU001),
-- invalid_argument (QU005).
create or replace function pgque.subscribe(queue text, consumer text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._subscribe(queue, consumer, null, null);
end
$$;

-- The same from another position: 'latest', 'earliest' (all that is still held), or a time. Raises position_not_held
-- (QU021) and isolation_not_supported (QU013) too. Rotation waits until the transaction ends.
create or replace function pgque.subscribe(queue text, consumer text, start_at text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if start_at is null then
    raise exception 'position must not be null' using errcode = 'QU005', hint = 'Pass ''latest'', ''earliest'' or a time.';
  end if;
  return pgque._subscribe(queue, consumer, start_at, null);
end
$$;

-- PgQ: the same from a tick; a consumer that is there already is moved to it.
create or replace function pgque.register_consumer_at(queue text, consumer text, tick_id bigint) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if pgque._subscribe(queue, consumer, null, tick_id) = 1 then
    return 1;
  end if;
  perform pgque._seek(queue, consumer, null, tick_id, null);
  return 0;
end
$$;

-- The PgQ name of subscribe().
create or replace function pgque.register_consumer(queue text, consumer text) returns integer
language sql volatile as $$
  select pgque.subscribe(queue, consumer)
$$;

comment on function pgque.subscribe(text, text, text) is 'Subscribe a consumer from a position on; 1 new, 0 already there';
comment on function pgque.register_consumer_at(text, text, bigint) is 'Subscribe a consumer from a tick on, or move it there';
comment on function pgque.subscribe(text, text) is 'Subscribe a consumer from the newest tick on; 1 new, 0 already there';
comment on function pgque.register_consumer(text, text) is 'The same as subscribe()';
grant execute on function pgque.subscribe(text, text), pgque.subscribe(text, text, text),
  pgque.register_consumer(text, text), pgque.register_consumer_at(text, text, bigint) to pgque_reader;

-- functions/consuming/unsubscribe.sql
-- Ends a subscription with its position and open batch. Returns 1, or 0 when there is none.
-- Raises queue_not_found (QU001), consumer_is_cooperative (QU017), and retries_pending (QU011) when messages that it nacked wait for redelivery, unless
-- discard_retries. Waits for a session that is receiving or acknowledging.
create or replace function pgque.unsubscribe(queue text, consumer text, discard_retries boolean default false) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue)).queue_id;
  v_subscription_id integer;
  v_pending bigint;
begin
  select s.subscription_id into v_subscription_id
  from pgque.subscription s
  where s.queue_id = v_queue_id and s.consumer_name = consumer and s.parent_id is null
  for update;
  if not found then
    return 0;
  end if;
  if exists (select from pgque.subscription m where m.parent_id = v_subscription_id) then
    raise exception 'consumer is cooperative: %, %', queue, consumer using
      errcode = 'QU017', detail = concat_ws(', ', queue, consumer),
      hint = 'Unregister its members first with pgque.unregister_subconsumer().';
  end if;
  if not coalesce(discard_retries, false) then
    v_pending := pgque._pending_retries(v_subscription_id);
    if v_pending > 0 then
      raise exception 'retries are pending: %, %', queue, consumer using errcode = 'QU011',
        detail = format('%s messages wait for redelivery', v_pending),
        hint = 'Let them be delivered, or call pgque.unsubscribe(queue, consumer, discard_retries => true).';
    end if;
  end if;
  delete from pgque.subscription s where s.subscription_id = v_subscription_id;
  return 1;
end
$$;

-- The PgQ name of unsubscribe().
create or replace function pgque.unregister_consumer(queue text, consumer text) returns integer
language sql volatile as $$
  select pgque.unsubscribe(queue, consumer)
$$;

comment on function pgque.unsubscribe(text, text, boolean) is 'End a subscription; 1 ended, 0 there was none';
comment on function pgque.unregister_consumer(text, text) is 'The same as unsubscribe()';
grant execute on function pgque.unsubscribe(text, text, boolean), pgque.unregister_consumer(text, text) to pgque_reader;

-- functions/cooperative/next_batch_coop.sql
-- PgQ: the cooperative forms of next_batch() and next_batch_custom(): a whole window for one member, which may be empty.
-- What receive_coop() says of members, takeover and locks holds here.
create or replace function pgque.next_batch_custom(
  queue text, consumer text, subconsumer text, min_lag interval, min_count integer, min_interval interval,
  dead_interval interval default null,
  out batch_id bigint, out cur_tick_id bigint, out prev_tick_id bigint, out cur_tick_time timestamptz,
  out prev_tick_time timestamptz, out cur_tick_event_seq bigint, out prev_tick_event_seq bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_member constant pgque.cursor :=
    pgque._claim(queue, consumer, subconsumer, dead_interval, null, false, min_lag, min_count, min_interval);
begin
  batch_id := v_member.batch_id;
  cur_tick_id := v_member.next_tick_id;
  prev_tick_id := v_member.tick_id;
  cur_tick_time := v_member.next_tick_time;
  prev_tick_time := v_member.tick_time;
  cur_tick_event_seq := v_member.next_event_seq;
  prev_tick_event_seq := v_member.event_seq;
end
$$;

create or replace function pgque.next_batch(queue text, consumer text, subconsumer text, dead_interval interval default null)
returns bigint
language sql volatile as $$
  select b.batch_id from pgque.next_batch_custom(queue, consumer, subconsumer, null, null, null, dead_interval) b
$$;

comment on function pgque.next_batch_custom(text, text, text, interval, integer, interval, interval) is 'Open the next window that meets the conditions for a member';
comment on function pgque.next_batch(text, text, text, interval) is 'Open the next window for a member; returns the batch id or NULL';
grant execute on function pgque.next_batch_custom(text, text, text, interval, integer, interval, interval),
  pgque.next_batch(text, text, text, interval) to pgque_reader;

-- functions/cooperative/receive_coop.sql
-- receive() for a member of a cooperative consumer: the members share one position, and each event goes to one of them.
-- A member has one batch at a time and gets it again until it is acknowledged. With dead_interval the batch of a member
-- that has not received, acknowledged or been touched for so long is taken over first, under a new batch id: the old
-- one can then neither ack nor nack. Registers consumer and member when they are missing. No rows: nothing is left up to the
-- newest tick, or another member's open transaction holds the group; nobody waits for another member's work.
-- Raises queue_not_found (QU001), invalid_argument (QU005), consumer_is_normal (QU018).
-- Locks the group, then the member, until the transaction ends: claim in a transaction of its own.
create or replace function pgque.receive_coop(
  queue text, consumer text, subconsumer text, max_return integer default 100, dead_interval interval default null)
returns setof pgque.message
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_member pgque.cursor;
begin
  if max_return is null or max_return < 1 then
    raise exception 'max_return must be >= 1' using errcode = 'QU005', hint = 'Pass the number of messages that you can handle at once.';
  end if;
  v_member := pgque._claim(queue, consumer, subconsumer, dead_interval, max_return, true);
  if v_member.batch_id is not null then
    return query execute pgque._batch_query(v_member,
      'ev_id, $1, ev_type, ev_data, ev_retry, ev_time, ev_extra1, ev_extra2, ev_extra3, ev_extra4', null) using v_member.batch_id;
  end if;
end
$$;

comment on function pgque.receive_coop(text, text, text, integer, interval) is 'Open a batch for a member of a cooperative consumer, or return the open one again';
grant execute on function pgque.receive_coop(text, text, text, integer, interval) to pgque_reader;

-- functions/cooperative/register_subconsumer.sql
-- Makes a member of a cooperative consumer; registers the consumer too when it is not there. Returns 1, or 0 when the
-- member is there already. A normal consumer becomes cooperative only with convert_normal, and only without an open
-- batch. Raises queue_not_found (QU001), invalid_argument (QU005), consumer_is_normal (QU018), batch_open (QU019), and
-- serialization_failure (40001) when another session holds the group for long. Locks the group.
create or replace function pgque.register_subconsumer(
  queue text, consumer text, subconsumer text, convert_normal boolean default false) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._lock_queue(queue)).queue_id;
  v_is_new boolean;
  v_group_id integer;
begin
  perform pgque._require_member_name(consumer, subconsumer);
  v_is_new := pgque.subscribe(queue, consumer) = 1;
  v_group_id := pgque._require_group(v_queue_id, queue, consumer);
  if exists (
    select from pgque.subscription m where m.parent_id = v_group_id and m.consumer_name = consumer || '.' || subconsumer) then
    return 0;
  end if;
  if not v_is_new and not exists (select from pgque.subscription m where m.parent_id = v_group_id) then
    if not coalesce(convert_normal, false) then
      raise exception 'consumer is not cooperative: %, %', queue, consumer using
        errcode = 'QU018', detail = concat_ws(', ', queue, consumer),
        hint = 'Convert it with pgque.register_subconsumer(queue, consumer, subconsumer, convert_normal => true).';
    end if;
    if (pgque._state('s', v_group_id)).batch_id is not null then
      raise exception 'a batch is open: %, %', queue, consumer using
        errcode = 'QU019', detail = concat_ws(', ', queue, consumer), hint = 'Acknowledge it before the consumer is converted.';
    end if;
  end if;
  insert into pgque.subscription (queue_id, consumer_name, parent_id)
  values (v_queue_id, consumer || '.' || subconsumer, v_group_id)
  on conflict on constraint subscription_queue_id_consumer_name_key do nothing;
  if not found then
    raise exception 'a normal consumer has the name of the member: %, %', queue, consumer || '.' || subconsumer using
      errcode = 'QU018', detail = concat_ws(', ', queue, consumer || '.' || subconsumer), hint = 'Choose another name for the member.';
  end if;
  return 1;
end
$$;

create or replace function pgque.subscribe_subconsumer(
  queue text, consumer text, subconsumer text, convert_normal boolean default false) returns integer
language sql volatile as $$
  select pgque.register_subconsumer(queue, consumer, subconsumer, convert_normal)
$$;

comment on function pgque.register_subconsumer(text, text, text, boolean) is 'Make a member of a cooperative consumer; 1 new, 0 already there';
comment on function pgque.subscribe_subconsumer(text, text, text, boolean) is 'The same as register_subconsumer()';
grant execute on function
  pgque.register_subconsumer(text, text, text, boolean), pgque.subscribe_subconsumer(text, text, text, boolean) to pgque_reader;

-- functions/cooperative/touch_subconsumer.sql
-- Heartbeat of a member: its open batch is not taken over for another dead_interval. Returns 1, or 0 when it has no open
-- batch, or no longer: then somebody else may be working on the messages. Raises queue_not_found (QU001),
-- consumer_not_registered (QU002). Locks the member, not the group.
create or replace function pgque.touch_subconsumer(queue text, consumer text, subconsumer text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue)).queue_id;
  v_member pgque.cursor;
begin
  v_member := pgque._lock_member((
    select s.subscription_id from pgque.subscription s
    where s.queue_id = v_queue_id and s.consumer_name = consumer and s.parent_id is null), consumer, subconsumer);
  if v_member.subject is null then
    raise exception 'consumer not registered: %, %.%', queue, coalesce(consumer, 'NULL'), coalesce(subconsumer, 'NULL') using
      errcode = 'QU002', detail = concat_ws(', ', queue, coalesce(consumer, 'NULL') || '.' || coalesce(subconsumer, 'NULL')),
      hint = 'Register the member with pgque.register_subconsumer(), or check the spelling.';
  end if;
  if v_member.batch_id is null then
    return 0;
  end if;
  perform pgque._append_state(v_member);
  return 1;
end
$$;

comment on function pgque.touch_subconsumer(text, text, text) is 'Heartbeat of a member; 1 while it has an open batch, else 0';
grant execute on function pgque.touch_subconsumer(text, text, text) to pgque_reader;

-- functions/cooperative/unregister_subconsumer.sql
-- Removes a member. Returns 1, or 0 when there is none. With an open batch: raises batch_open (QU019), or with
-- batch_handling 1 gives all its messages back first, to be retried at once or put to the dead letters. The last member to
-- leave turns the consumer normal again. Raises queue_not_found (QU001), consumer_not_registered (QU002),
-- invalid_argument (QU005), and serialization_failure (40001) when another session holds the group for long.
-- Locks the group, then the member.
create or replace function pgque.unregister_subconsumer(
  queue text, consumer text, subconsumer text, batch_handling integer default 0) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_group_id constant integer := pgque._require_group((pgque._find_queue(queue)).queue_id, queue, consumer);
  v_member constant pgque.cursor := pgque._lock_member(v_group_id, consumer, subconsumer);
  v_msg_ids bigint[];
begin
  if batch_handling is null or batch_handling not in (0, 1) then
    raise exception 'batch_handling must be 0 or 1' using
      errcode = 'QU005', hint = '0 refuses while a batch is open, 1 gives its messages back.';
  end if;
  if v_member.subject is null then
    return 0;
  end if;
  if v_member.batch_id is not null then
    if batch_handling = 0 then
      raise exception 'a batch is open: %, %.%', queue, consumer, subconsumer using
        errcode = 'QU019', detail = concat_ws(', ', queue, consumer || '.' || subconsumer),
        hint = 'Acknowledge it, or call pgque.unregister_subconsumer(queue, consumer, subconsumer, batch_handling => 1).';
    end if;
    execute 'select array_agg(ev_id) from (' || pgque._batch_query(v_member, 'ev_id', null) || ') b' into v_msg_ids;
    perform pgque._give_back(v_member.batch_id, coalesce(v_msg_ids, '{}'),
      array_fill(clock_timestamp(), array[coalesce(cardinality(v_msg_ids), 0)]),
      array_fill('the member was unregistered'::text, array[coalesce(cardinality(v_msg_ids), 0)]));
  end if;
  delete from pgque.subscription s where s.subscription_id = v_member.subject;
  return 1;
end
$$;

create or replace function pgque.unsubscribe_subconsumer(
  queue text, consumer text, subconsumer text, batch_handling integer default 0) returns integer
language sql volatile as $$
  select pgque.unregister_subconsumer(queue, consumer, subconsumer, batch_handling)
$$;

comment on function pgque.unregister_subconsumer(text, text, text, integer) is 'Remove a member; 1 removed, 0 there was none';
comment on function pgque.unsubscribe_subconsumer(text, text, text, integer) is 'The same as unregister_subconsumer()';
grant execute on function
  pgque.unregister_subconsumer(text, text, text, integer), pgque.unsubscribe_subconsumer(text, text, text, integer) to pgque_reader;

-- functions/primitives/event_retry.sql
-- PgQ: schedules one event, or every event of an open batch, for redelivery, however often it was retried. event_retry
-- returns 1, or 0 when it was scheduled before; batch_retry returns how many were scheduled.
-- Raises batch_not_found (QU003), message_not_found (QU004), invalid_argument (QU005). Locks the subscription.
create or replace function pgque.event_retry(batch_id bigint, event_id bigint, retry_time timestamptz) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._give_back(batch_id, array[event_id], array[pgque._require_finite(retry_time)], null, 2147483647);
end
$$;

create or replace function pgque.event_retry(batch_id bigint, event_id bigint, retry_seconds integer) returns integer
language sql volatile as $$
  select pgque.event_retry(batch_id, event_id, pg_catalog.clock_timestamp() operator(pg_catalog.+) pg_catalog.make_interval(secs => retry_seconds))
$$;

create or replace function pgque.batch_retry(batch_id bigint, retry_seconds integer) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_due_at constant timestamptz := pgque._require_finite(clock_timestamp() + make_interval(secs => retry_seconds));
  v_msg_ids bigint[];
begin
  execute 'select array_agg(ev_id) from (' || pgque._batch_query(pgque._require_batch(batch_id), 'ev_id', null) || ') b'
  into v_msg_ids;
  return pgque._give_back(batch_id, coalesce(v_msg_ids, '{}'),
    array_fill(v_due_at, array[coalesce(cardinality(v_msg_ids), 0)]), null, 2147483647);
end
$$;

comment on function pgque.event_retry(bigint, bigint, timestamptz) is 'Schedule one event of a batch for redelivery at a time';
comment on function pgque.event_retry(bigint, bigint, integer) is 'Schedule one event of a batch for redelivery after seconds';
comment on function pgque.batch_retry(bigint, integer) is 'Schedule all events of a batch for redelivery after seconds';
grant execute on function pgque.event_retry(bigint, bigint, timestamptz), pgque.event_retry(bigint, bigint, integer),
  pgque.batch_retry(bigint, integer) to pgque_reader;

-- functions/primitives/finish_batch.sql
-- Closes the whole window of a batch, also what receive() has not returned of it.
-- Returns 1, or 0 when the batch is unknown or no longer open. Locks the subscription until the transaction ends.
create or replace function pgque.finish_batch(batch_id bigint) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._close_batch(batch_id, true);
end
$$;

comment on function pgque.finish_batch(bigint) is 'Close the whole window of a batch, also what receive() has not returned of it';
grant execute on function pgque.finish_batch(bigint) to pgque_reader;

-- functions/primitives/get_batch_cursor.sql
-- PgQ: opens a cursor over the events of an open batch, to be read with FETCH in this transaction, and returns the first
-- quick_limit of them. extra_where is SQL of the caller, a condition on the events: for the admin only, and run with
-- the admin's own rights. Raises batch_not_found (QU003).
create or replace function pgque.get_batch_cursor(
  batch_id bigint, cursor_name text, quick_limit integer, extra_where text default null)
returns table (
  ev_id bigint, ev_time timestamptz, ev_txid bigint, ev_retry integer, ev_type text, ev_data text,
  ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
language plpgsql volatile as $$
begin
  -- Dynamic, because the name of the cursor and the condition are the caller's. The search_path is the caller's too.
  execute pg_catalog.format('declare %I no scroll cursor for select e.* from pgque.get_batch_events(%L::pg_catalog.int8) e where %s',
    cursor_name, batch_id, case when extra_where is null then 'true' else pg_catalog.concat('(', extra_where, ')') end);
  return query execute pg_catalog.format('fetch %s from %I', coalesce(quick_limit, 0), cursor_name);
end
$$;

comment on function pgque.get_batch_cursor(bigint, text, integer, text) is 'Open a cursor over the events of a batch';
grant execute on function pgque.get_batch_cursor(bigint, text, integer, text) to pgque_admin;

-- functions/primitives/get_batch_events.sql
-- PgQ: the events of an open batch in the order of their ids: all of the window, or of the page that receive() opened.
-- Raises batch_not_found (QU003). Locks the subscription until the transaction ends.
create or replace function pgque.get_batch_events(batch_id bigint)
returns table (
  ev_id bigint, ev_time timestamptz, ev_txid bigint, ev_retry integer, ev_type text, ev_data text,
  ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query execute pgque._batch_query(pgque._require_batch(batch_id),
    'ev_id, ev_time, ev_txid::text::bigint, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4', null);
end
$$;

comment on function pgque.get_batch_events(bigint) is 'The events of an open batch';
grant execute on function pgque.get_batch_events(bigint) to pgque_reader;

-- functions/primitives/next_batch.sql
-- PgQ: opens the next window as a batch, or returns the open batch. NULL when there is no further tick; a batch may be
-- empty. Close it with finish_batch(). Raises queue_not_found (QU001), consumer_not_registered (QU002).
-- Locks the subscription until the transaction ends.

-- With conditions: the batch ends at a tick at least min_lag old, and covers min_count events or min_interval of time
-- (one of the two suffices when both are given).
create or replace function pgque.next_batch_custom(
  queue text, consumer text, min_lag interval, min_count integer, min_interval interval,
  out batch_id bigint, out cur_tick_id bigint, out prev_tick_id bigint, out cur_tick_time timestamptz,
  out prev_tick_time timestamptz, out cur_tick_event_seq bigint, out prev_tick_event_seq bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_state pgque.cursor := pgque._lock_subscription(queue, consumer);
begin
  if v_state.batch_id is null then
    if v_state.next_tick_id is null then
      v_state := pgque._next_custom_window(v_state, min_lag, min_count, min_interval);
      if v_state.next_tick_id is null then
        return;
      end if;
    end if;
    v_state.batch_id := nextval('pgque.batch_id_seq');
    perform pgque._append_state(v_state);
  end if;
  batch_id := v_state.batch_id;
  cur_tick_id := v_state.next_tick_id;
  prev_tick_id := v_state.tick_id;
  cur_tick_time := v_state.next_tick_time;
  prev_tick_time := v_state.tick_time;
  cur_tick_event_seq := v_state.next_event_seq;
  prev_tick_event_seq := v_state.event_seq;
end
$$;

create or replace function pgque.next_batch_info(
  queue text, consumer text,
  out batch_id bigint, out cur_tick_id bigint, out prev_tick_id bigint, out cur_tick_time timestamptz,
  out prev_tick_time timestamptz, out cur_tick_event_seq bigint, out prev_tick_event_seq bigint)
language sql volatile as $$
  select * from pgque.next_batch_custom(queue, consumer, null, null, null)
$$;

create or replace function pgque.next_batch(queue text, consumer text) returns bigint
language sql volatile as $$
  select b.batch_id from pgque.next_batch_custom(queue, consumer, null, null, null) b
$$;

comment on function pgque.next_batch_custom(text, text, interval, integer, interval) is 'Open the next window that meets the conditions as a batch';
comment on function pgque.next_batch_info(text, text) is 'Open the next window as a batch; returns it with its ticks';
comment on function pgque.next_batch(text, text) is 'Open the next window as a batch; returns its id or NULL';
grant execute on function pgque.next_batch_custom(text, text, interval, integer, interval),
  pgque.next_batch_info(text, text), pgque.next_batch(text, text) to pgque_reader;

-- functions/dead_letters/dlq_inspect.sql
-- The newest dead letters of a queue, at most limit_count. Raises queue_not_found (QU001).
create or replace function pgque.dlq_inspect(queue text, limit_count integer default 100)
returns table (
  dl_id bigint, dl_time timestamptz, dl_reason text, consumer_name text, ev_id bigint, ev_time timestamptz, ev_retry integer,
  ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue)).queue_id;
begin
  return query
    select d.dl_id, d.dl_time, d.dl_reason, d.consumer_name, d.ev_id, d.ev_time, d.ev_retry,
      d.ev_type, d.ev_data, d.ev_extra1, d.ev_extra2, d.ev_extra3, d.ev_extra4
    from pgque.dead_letter d where d.queue_id = v_queue_id
    order by d.dl_time desc, d.dl_id desc limit greatest(limit_count, 0);
end
$$;

comment on function pgque.dlq_inspect(text, integer) is 'The newest dead letters of a queue';
grant execute on function pgque.dlq_inspect(text, integer) to pgque_reader;

-- functions/dead_letters/dlq_purge.sql
-- Deletes the dead letters of a queue that are older than older_than; returns how many. Raises queue_not_found (QU001).
create or replace function pgque.dlq_purge(queue text, older_than interval default '30 days') returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue)).queue_id;
  v_count integer;
begin
  if older_than is null then
    raise exception 'older_than must not be null' using errcode = 'QU005', hint = 'Pass ''0 seconds'' to delete all.';
  end if;
  delete from pgque.dead_letter d where d.queue_id = v_queue_id and d.dl_time <= clock_timestamp() - older_than;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

comment on function pgque.dlq_purge(text, interval) is 'Delete old dead letters of a queue; returns how many';
grant execute on function pgque.dlq_purge(text, interval) to pgque_admin;

-- functions/dead_letters/dlq_replay.sql
-- Sends a dead letter to its queue again, as a new event for every subscription, and removes the entry. Returns the new
-- event id. Two sessions never replay one entry twice: the second waits, and raises dead_letter_not_found (QU009).
create or replace function pgque.dlq_replay(dead_letter_id bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_dead pgque.dead_letter;
begin
  delete from pgque.dead_letter d where d.dl_id = dead_letter_id returning d.* into v_dead;
  if not found then
    raise exception 'dead letter entry not found: %', coalesce(dead_letter_id::text, 'NULL') using
      errcode = 'QU009', detail = coalesce(dead_letter_id::text, 'NULL'),
      hint = 'It may have been replayed or purged; see pgque.dlq_inspect().';
  end if;
  return pgque.insert_event((select q.queue_name from pgque.queue q where q.queue_id = v_dead.queue_id),
    v_dead.ev_type, v_dead.ev_data, v_dead.ev_extra1, v_dead.ev_extra2, v_dead.ev_extra3, v_dead.ev_extra4);
end
$$;

-- Replays all dead letters of a queue, the oldest first. One that fails stays and does not stop the rest; entries that
-- another session is replaying are left to it. Raises queue_not_found (QU001).
create or replace function pgque.dlq_replay_all(queue_name text, out replayed bigint, out failed bigint, out first_error text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue_name)).queue_id;
  v_dl_id bigint;
begin
  replayed := 0;
  failed := 0;
  for v_dl_id in
    select d.dl_id from pgque.dead_letter d where d.queue_id = v_queue_id order by d.dl_id for update skip locked
  loop
    begin
      perform pgque.dlq_replay(v_dl_id);
      replayed := replayed + 1;
    exception when others then
      failed := failed + 1;
      first_error := coalesce(first_error, sqlerrm);
    end;
  end loop;
end
$$;

comment on function pgque.dlq_replay(bigint) is 'Send a dead letter to its queue again; returns the new event id';
comment on function pgque.dlq_replay_all(text) is 'Send all dead letters of a queue again';
grant execute on function pgque.dlq_replay(bigint), pgque.dlq_replay_all(text) to pgque_writer;

-- functions/dead_letters/event_dead.sql
-- Puts one message of an open batch to the dead letters, whatever its retries. Returns 1, or 0 when it is there already.
-- Raises batch_not_found (QU003), message_not_found (QU004). Locks the subscription.
create or replace function pgque.event_dead(batch_id bigint, event_id bigint, reason text default null) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return pgque._give_back(batch_id, array[event_id], null, array[reason], 0);
end
$$;

comment on function pgque.event_dead(bigint, bigint, text) is 'Put one message of a batch to the dead letters';
grant execute on function pgque.event_dead(bigint, bigint, text) to pgque_admin;

-- functions/operating/set_queue_config.sql
-- Changes a setting of a queue, named with or without the prefix queue_; NULL sets the default again. Returns 1.
-- Raises queue_not_found (QU001), invalid_queue_config (QU012). Locks the queue's row until the transaction ends.
create or replace function pgque.set_queue_config(queue text, param text, value text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_param constant text := regexp_replace(param, '^queue_', '');
  v_queue pgque.queue := pgque._find_queue(queue);
  v_setting pgque.queue_setting;
  v_value text;
begin
  select s.* into v_setting from pgque._queue_settings() s where s.name = v_param;
  if not found then
    raise exception 'unknown queue setting: %', coalesce(param, 'NULL') using
      errcode = 'QU012', detail = coalesce(param, 'NULL'),
      hint = 'Known are ' || (select string_agg(s.name, ', ' order by s.name) from pgque._queue_settings() s) || '.';
  end if;
  begin
    -- Dynamic, because the type and the range come from the table of settings.
    execute format('select $1::%s::text where $1 is null or $1::%1$s %s', v_setting.type, v_setting.range)
      into strict v_value using coalesce(value, v_setting.default_value);
    execute format('update pgque.queue set %I = $1::%s where queue_id = $2', v_param, v_setting.type)
      using v_value, v_queue.queue_id;
  exception when no_data_found or data_exception then
    raise exception 'invalid value for queue setting %: %', v_param, value using
      errcode = 'QU012', detail = concat_ws(', ', v_param, value),
      hint = format('It is of type %s and must be %s.', v_setting.type, v_setting.range);
  end;
  return 1;
end
$$;

comment on function pgque.set_queue_config(text, text, text) is 'Change a setting of a queue; NULL sets the default again';
grant execute on function pgque.set_queue_config(text, text, text) to pgque_admin;

-- functions/operating/create_queue.sql
-- Creates a queue with its first tick, or takes over the partition of a dropped one. Returns 1, or 0 when the queue
-- is there already. options are settings as for set_queue_config(), applied when the queue is created.
-- Raises invalid_queue_name (QU008), invalid_queue_config (QU012).
-- Locks out other sessions that create or drop queues until the transaction ends; producers are not stopped.
create or replace function pgque.create_queue(queue text, options jsonb) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_log_id integer;
  v_queue pgque.queue;
  v_floor bigint;
  v_option record;
begin
  perform pgque._require_name(queue);
  if jsonb_typeof(options) <> 'object' then
    raise exception 'options must be a JSON object' using errcode = 'QU005', hint = 'For example {"max_retries": 3}.';
  end if;
  if exists (select from pgque.queue q where q.queue_name = queue) then
    return 0;
  end if;
  perform pgque._lock_ddl();
  if exists (select from pgque.queue q where q.queue_name = queue) then
    return 0;
  end if;

  v_log_id := pgque._reuse_event_log();
  if v_log_id is null then
    v_log_id := nextval('pgque.log_id_seq')::integer;
    perform pgque._attach_event_log(v_log_id);
  end if;
  insert into pgque.queue (queue_name, log_id, event_seq, generation_seq, epoch)
  select queue, v_log_id, s.event_seq, s.generation_seq, pg_sequence_last_value(s.generation_seq) >> 40
  from (
    select format('pgque.%I', 'event_' || v_log_id || '_id')::regclass,
      format('pgque.%I', 'event_' || v_log_id || '_generation')::regclass) s (event_seq, generation_seq)
  on conflict (queue_name) do nothing  -- in REPEATABLE READ it may be there unseen, which raises 40001
  returning * into v_queue;
  v_floor := coalesce(pg_sequence_last_value(v_queue.event_seq), 0);
  perform pgque._append_tick(v_queue.queue_id, 1, clock_timestamp(), pgque._with_own_xid(pgque._newest_snapshot()),
    v_floor, v_floor, v_floor, '{}');

  for v_option in select o.key, o.value from jsonb_each_text(options) o loop
    perform pgque.set_queue_config(queue, v_option.key, v_option.value);
  end loop;
  return 1;
end
$$;

create or replace function pgque.create_queue(queue text) returns integer
language sql volatile as $$
  select pgque.create_queue(queue, '{}'::pg_catalog.jsonb)
$$;

comment on function pgque.create_queue(text, jsonb) is 'Create a queue with settings; 1 when created, 0 when it is there already';
comment on function pgque.create_queue(text) is 'Create a queue; 1 when created, 0 when it is there already';
grant execute on function pgque.create_queue(text, jsonb), pgque.create_queue(text) to pgque_admin;

-- functions/operating/drop_queue.sql
-- Drops a queue with its events, retries and dead letters; with force its subscriptions as well. Returns 1.
-- Raises queue_not_found (QU001), consumers_attached (QU006). Waits for open transactions that touched this queue; no
-- other queue is stopped: the partition stays attached, empty, for the next create_queue().
create or replace function pgque.drop_queue(queue text, force boolean default false) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue pgque.queue;
begin
  perform pgque._lock_ddl();
  v_queue := pgque._find_queue(queue);
  -- In the order in which consumers lock: subscriptions, the queue, its tables. Subscriptions that were made
  -- while this waited for the queue are locked after it; nobody else holds them.
  perform from pgque.subscription s where s.queue_id = v_queue.queue_id order by s.subscription_id for update;
  perform from pgque.queue q where q.queue_id = v_queue.queue_id for update;
  perform from pgque.subscription s where s.queue_id = v_queue.queue_id order by s.subscription_id for update;
  if not coalesce(force, false) and exists (select from pgque.subscription s where s.queue_id = v_queue.queue_id) then
    raise exception 'cannot drop queue, consumers still attached: %', queue using
      errcode = 'QU006', detail = queue, hint = 'Unsubscribe them, or call pgque.drop_queue(queue, force => true).';
  end if;

  execute format('truncate pgque.%I', 'event_' || v_queue.log_id);
  -- A producer that waits behind the truncate would append to a log without a queue: three generations on it fails.
  perform setval(v_queue.generation_seq, pg_sequence_last_value(v_queue.generation_seq) + 3);
  delete from pgque.dead_letter d where d.queue_id = v_queue.queue_id;
  delete from pgque.subscription s where s.queue_id = v_queue.queue_id;
  delete from pgque.queue q where q.queue_id = v_queue.queue_id;
  insert into pgque.retired_log values (v_queue.log_id);
  return 1;
end
$$;

comment on function pgque.drop_queue(text, boolean) is 'Drop a queue; with force its subscriptions as well';
grant execute on function pgque.drop_queue(text, boolean) to pgque_admin;

-- functions/operating/force_next_tick.sql
-- Makes the next ticker() tick this queue, whatever its thresholds: moves the event sequence by
-- ticker_max_count * 2 + 1000. Returns the id of the last tick. Does not tick itself.
-- Raises queue_not_found (QU001), tick_not_allowed (QU014).
create or replace function pgque.force_next_tick(queue text) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue pgque.queue := pgque._find_queue(queue);
begin
  perform pgque._require_own_ticker(v_queue);
  -- One by one: setval() after reading the sequence could set it back behind concurrent producers.
  perform nextval(v_queue.event_seq) from generate_series(1, v_queue.ticker_max_count * 2 + 1000);
  return (pgque._newest_tick(v_queue.queue_id)).tick_id;
end
$$;

create or replace function pgque.force_tick(queue text) returns bigint
language sql volatile as $$
  select pgque.force_next_tick(queue)
$$;

comment on function pgque.force_next_tick(text) is 'Make the next ticker() tick this queue; returns the last tick id';
comment on function pgque.force_tick(text) is 'The same as force_next_tick()';
grant execute on function pgque.force_next_tick(text), pgque.force_tick(text) to pgque_admin;

-- functions/operating/lead_ticker.sql
-- Elects one among the sessions that would tick: true when this session leads, from now on until it ends or calls
-- pg_advisory_unlock_all(). Nobody waits. The lock belongs to the session: call it on a connection of your own, never
-- through a pooler that lends sessions for a transaction.
create or replace function pgque.lead_ticker() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Asked first, because a session that locks twice would have to unlock twice.
  return exists (
      select from pg_locks l
      where l.locktype = 'advisory' and l.classid = 7170 and l.objid = 6 and l.objsubid = 2 and l.pid = pg_backend_pid()
        and l.database = (select d.oid from pg_database d where d.datname = current_database()))
    or pg_try_advisory_lock(7170, 6);
end
$$;

comment on function pgque.lead_ticker() is 'Whether this session is the one that ticks; it is until it ends';
grant execute on function pgque.lead_ticker() to pgque_admin;

-- functions/operating/maint_retry_events.sql
-- Moves the retries and delayed sends that are due into the event logs, each exactly once, the earliest 10,000 at a time; returns how many.
-- The next tick delivers them. Call it every few seconds, and again while it does not return 0.
-- Raises isolation_not_supported (QU013), rebase_needed (QU023), and serialization_failure (40001) when an event log rotated twice meanwhile.
-- Rows are not marked as moved: the snapshot S and the time T of the last move say what is left. To move are those
-- that became due after T, and those due by T that S did not see.
create or replace function pgque.maint_retry_events() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_mover pgque.cursor;
  v_later text;
  v_open xid8[];
  v_is_due boolean;
  v_generations jsonb;
  v_now timestamptz;
  v_count integer;
  -- What this very transaction nacked is for the next move: the snapshot of this one lists it as open.
  v_own constant xid8 := pg_current_xact_id_if_assigned();
begin
  perform pgque._require_read_committed('maint_retry_events');
  perform pgque._lock_mover();
  v_mover := pgque._state('m', 0);
  v_now := greatest(v_mover.noted_at, clock_timestamp());
  -- Fixed while the lock of the mover is held, which rotation of this log takes as well. What looks there is dynamic for
  -- the reason that _later_slots() gives.
  v_later := pgque._later_slots(pg_sequence_last_value('pgque.later_generation'));
  v_open := array(select pg_snapshot_xip(v_mover.snapshot));
  execute format('select exists (select from %1$s l where l.due_at > $1 and l.due_at <= $2)'
    ' or exists (select from %1$s l where l.txid >= $3) or exists (select from %1$s l where l.txid = any ($4))', v_later)
  into v_is_due using v_mover.noted_at, v_now, pg_snapshot_xmax(v_mover.snapshot), v_open;
  if not v_is_due then
    return 0;
  end if;
  perform pgque._require_own_xid(l.txid)
  from pgque.later l where l.txid is distinct from v_own order by l.txid desc limit 1;
  -- A long list goes in portions, each a short transaction: up to the due time of the ten-thousandth row.
  execute format($query$
    select least($2, (
      select d.due_at from (select l.due_at from %s l where l.due_at > $1 and l.due_at <= $2 order by l.due_at limit 10000) d
      order by d.due_at offset 9999 limit 1))$query$, v_later)
  into v_now using v_mover.noted_at, v_now;
  perform pg_current_xact_id();
  -- Read before appending, as insert_event() does.
  select jsonb_object_agg(q.queue_id, pg_sequence_last_value(q.generation_seq)) into v_generations from pgque.queue q;

  execute format($query$
  with due as materialized (
    select l.* from %1$s l where l.due_at > $1 and l.due_at <= $2 and l.txid is distinct from $5
    union all
    select l.* from %1$s l where (l.due_at <= $1) is true and l.txid >= $3 and l.txid is distinct from $5
    union all
    select l.* from %1$s l where (l.due_at <= $1) is true and l.txid = any ($4) and l.txid is distinct from $5),
  item as (
    select distinct on (d.owner, d.ev_id, d.ev_retry) d.* from due d),
  moved as (
    insert into pgque.event (log_id, slot, ev_id, ev_time, ev_owner, ev_retry,
      ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    select t.log_id, ($6 ->> t.queue_id::text)::bigint %% 3,
      -- A retry keeps its id; a delayed send is a new event, whose id comes after the transaction's: see insert_event().
      case when t.owner = 0 then nextval(t.event_seq) else t.ev_id end,
      t.ev_time, nullif(t.owner, 0), nullif(t.ev_retry, 0),
      t.ev_type, t.ev_data, t.ev_extra1, t.ev_extra2, t.ev_extra3, t.ev_extra4
    from (
      select q.log_id, q.event_seq, i.*
      from item i
      join pgque.queue q on q.queue_id = i.queue_id
      left join pgque.subscription s on s.subscription_id = i.owner
      where s.subscription_id is not null
        or i.owner = 0 and i.ev_retry = 0 and not exists (
          select from item c where c.owner = 0 and c.ev_id = i.ev_id and c.ev_retry = -1)
      order by i.due_at, i.ev_id) t
    returning log_id)
  select sum(m.moved)::integer, pgque._with_own_xid(pg_current_snapshot())
  from (select log_id, count(*) as moved from moved group by log_id) m
  -- Moves the sequences of these queues alone, so that the ticker sees that there is something to tick.
  cross join lateral (select nextval(q.event_seq) from pgque.queue q where q.log_id = m.log_id) n$query$, v_later)
  into v_count, v_mover.snapshot
  using v_mover.noted_at, v_now, pg_snapshot_xmax(v_mover.snapshot), v_open, v_own, v_generations;

  v_mover.noted_at := v_now;
  perform pgque._append_state(v_mover);
  if exists (
    select from pgque.queue q
    where pg_sequence_last_value(q.generation_seq) > (v_generations ->> q.queue_id::text)::bigint + 1) then
    perform pgque._rotated_away();
  end if;
  return coalesce(v_count, 0);
end
$$;

-- The same: delayed sends and retries share the mover.
create or replace function pgque.maint_deliver_delayed() returns integer
language sql volatile as $$
  select pgque.maint_retry_events()
$$;

comment on function pgque.maint_retry_events() is 'Move the retries and delayed sends that are due into the event logs; returns how many';
comment on function pgque.maint_deliver_delayed() is 'The same as maint_retry_events()';
grant execute on function pgque.maint_retry_events(), pgque.maint_deliver_delayed() to pgque_admin;

-- functions/operating/pause_queue.sql
-- Stops the ticks of a queue: events are kept and delivered after resume_queue(). Returns 1.
-- Raises queue_not_found (QU001).
create or replace function pgque.pause_queue(queue text) returns integer
language sql volatile as $$
  select pgque.set_queue_config(queue, 'ticker_paused', 'true')
$$;

-- Lets a paused queue tick again. Returns 1. Raises queue_not_found (QU001).
create or replace function pgque.resume_queue(queue text) returns integer
language sql volatile as $$
  select pgque.set_queue_config(queue, 'ticker_paused', 'false')
$$;

comment on function pgque.pause_queue(text) is 'Stop the ticks of a queue; events are kept';
comment on function pgque.resume_queue(text) is 'Let a paused queue tick again';
grant execute on function pgque.pause_queue(text), pgque.resume_queue(text) to pgque_admin;

-- functions/operating/rebase.sql
-- After a restore into another cluster, where transaction ids start over: gives what is stored ids that this cluster has
-- behind it, in the same order, so that every consumer goes on where the dump found it, with the same open batches, retries
-- and delayed sends. Puts right what a dump got wrong that was taken while the logs rotated, too: states that are not found
-- (QU016), and queues without a tick. Returns how many queues were rebased; 0 when nothing is to be done, and then nothing
-- is changed: it may be called at any time, and again after a crash.
-- Raises isolation_not_supported (QU013), and out_of_memory (53200) when there are more tables than one transaction can lock;
-- then nothing is changed. Waits for open transactions that have sent or received, and stops everybody else until its own
-- ends; the event logs are written anew.
create or replace function pgque.rebase() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pgque._require_read_committed('rebase');
  perform pgque._lock_ddl();
  perform pgque._lock_ticker();
  perform pgque._lock_rotation();
  perform pgque._lock_mover();
  if not exists (select from pgque._check_cluster()) then
    return 0;
  end if;
  return pgque._rebase_all();
exception when out_of_memory then
  raise exception 'too many tables for one transaction' using
    errcode = 'out_of_memory', detail = sqlerrm,
    hint = 'Nothing was changed. Raise max_locks_per_transaction: a queue with events needs about a dozen locks.';
end
$$;

comment on function pgque.rebase() is 'After a restore into another cluster: make what is stored fit its transaction ids';
grant execute on function pgque.rebase() to pgque_admin;

-- functions/operating/tick_and_receive.sql
-- receive(), after a tick of the queue when it has events that no tick covers yet: for a consumer in the process of the ticker,
-- which saves a round trip and a commit between an event and its handler. Does not tick while another ticker is at it, and
-- rings again when it returns messages then; nor a queue that is paused or has an external ticker.
-- Raises what receive() raises, and isolation_not_supported (QU013). Locks the subscription, and maybe tickers out, until the
-- transaction ends: call it in one of its own.
create or replace function pgque.tick_and_receive(queue text, consumer text, max_return integer default 100)
returns setof pgque.message
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  -- Before the lock of a row, which needs an id.
  v_own constant xid8 := pg_current_xact_id_if_assigned();
  v_queue_id integer;
  v_is_looked_at boolean := false;
begin
  perform pgque._require_read_committed('tick_and_receive');
  -- Whoever waits for this subscription, in somebody's long transaction, must not keep tickers waiting: then it does not tick.
  select s.queue_id into v_queue_id
  from pgque.queue q join pgque.subscription s on s.queue_id = q.queue_id
  where q.queue_name = queue and s.consumer_name = consumer
  for no key update of s skip locked;
  if found and pg_try_advisory_xact_lock(7170, 3) then
    perform pgque._tick(v_queue_id, true, v_own);
    v_is_looked_at := true;
  end if;
  return query select m.* from pgque.receive(queue, consumer, max_return) m;
  -- Messages are taken for the answer to a ring. These came before it: what was rung for may be behind the other's tick.
  if found and not v_is_looked_at then
    perform pgque._ring(queue);
  end if;
end
$$;

comment on function pgque.tick_and_receive(text, text, integer) is 'Tick the queue if it has something new, and open a batch';
grant execute on function pgque.tick_and_receive(text, text, integer) to pgque_admin;

-- functions/operating/tick_pending.sql
-- For a ticker that runs all the time. Ticks every queue that has events which no tick covers yet, without waiting for
-- ticker_max_count or ticker_max_lag, and those whose ticker_idle_period has passed.
-- sleep_seconds > 0 says that the caller sleeps next, at most for so long: it is rung, on channel pgque:doorbell, by the
-- next transaction that sends something, with the name of the queue, or that nacks or delays something, with no name.
-- Without it, producers are told that nobody sleeps.
--   ticked       how many queues were ticked; their names and the ids of the ticks are in queue_names and tick_ids
--   is_owed      a transaction is open that may have sent events, and will not ring: do not sleep for long
--   is_doorbell  whether the caller will be rung; never with max_prepared_transactions > 0, because a transaction that
--                has notified somebody could not be prepared
--   next_due_at  when the next retry or delayed send is due, for maint_retry_events(); NULL: none
-- Raises isolation_not_supported (QU013), invalid_argument (QU005). Tickers wait for each other's transactions.
create or replace function pgque.tick_pending(
  sleep_seconds integer default 0,
  out ticked bigint, out is_owed boolean, out is_doorbell boolean, out next_due_at timestamptz,
  out queue_names text[], out tick_ids bigint[])
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_moved_until timestamptz;
  v_queue_ids integer[];
  -- Before setval(), which needs an id.
  v_own constant xid8 := pg_current_xact_id_if_assigned();
begin
  perform pgque._require_read_committed('tick_pending');
  if sleep_seconds is null or sleep_seconds not between 0 and 3600 then
    raise exception 'sleep_seconds must be between 0 and 3600' using
      errcode = 'QU005', detail = coalesce(sleep_seconds::text, 'NULL'), hint = 'Call it again before that time is over.';
  end if;
  perform pgque._lock_ticker();
  is_doorbell := sleep_seconds > 0 and current_setting('max_prepared_transactions') = '0';
  -- Before the sequences are read: whoever has drawn an event id and did not see the doorbell is seen now.
  if is_doorbell then
    perform setval('pgque.doorbell', ceil(extract(epoch from clock_timestamp()))::bigint + sleep_seconds);
  elsif pg_sequence_last_value('pgque.doorbell') > 0 then
    perform setval('pgque.doorbell', 0);
  end if;
  select t.queue_ids, t.tick_ids into v_queue_ids, tick_pending.tick_ids from pgque._tick(null, true, v_own) t;
  ticked := coalesce(cardinality(v_queue_ids), 0)::bigint;
  if ticked > 0 then
    queue_names := array(
      select q.queue_name from unnest(v_queue_ids) with ordinality u (queue_id, position)
      join pgque.queue q on q.queue_id = u.queue_id order by u.position);
  end if;
  is_owed := sleep_seconds > 0 and exists (
    select from pgque.queue q cross join lateral pgque._newest_tick(q.queue_id) t
    where not q.ticker_paused and not q.external_ticker and t.owed_by <> '{}');
  v_moved_until := (pgque._state('m', 0)).noted_at;
  next_due_at := (select min(l.due_at) from pgque.later l where l.due_at > v_moved_until);
end
$$;

comment on function pgque.tick_pending(integer) is 'Tick every queue that has something new, for a ticker that runs all the time';
grant execute on function pgque.tick_pending(integer) to pgque_admin;

-- functions/operating/ticker.sql
-- Ticks what is due. Channel pgque_<queue> is notified with the tick id when the transaction commits.
-- All raise isolation_not_supported (QU013) in REPEATABLE READ and SERIALIZABLE, and rebase_needed (QU023) after a restore
-- into another cluster; those with a queue raise queue_not_found (QU001) and tick_not_allowed (QU014). One ticker at a time: a second waits for the first's transaction.

-- All queues that are due, but for paused ones and those with an external ticker; returns how many.
create or replace function pgque.ticker() returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pgque._require_read_committed('ticker');
  perform pgque._lock_ticker();
  return coalesce(cardinality((pgque._tick()).queue_ids), 0)::bigint;
end
$$;

-- One queue, if it is due; returns the tick id, or NULL.
create or replace function pgque.ticker(queue text) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue pgque.queue := pgque._find_queue(queue);
begin
  perform pgque._require_read_committed('ticker');
  perform pgque._require_own_ticker(v_queue);
  perform pgque._lock_ticker();
  return ((pgque._tick(v_queue.queue_id)).tick_ids)[1];
end
$$;

-- A tick that an external ticker made elsewhere; returns its id. Raises tick_out_of_order (QU015).
create or replace function pgque.ticker(queue text, tick_id bigint, "timestamp" timestamptz, event_seq bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue pgque.queue := pgque._lock_queue(queue);
  v_last pgque.tick;
  v_floor bigint;
begin
  perform pgque._require_read_committed('ticker');
  if not v_queue.external_ticker then
    raise exception 'queue has no external ticker: %', queue using
      errcode = 'QU014', detail = queue, hint = 'Set it with pgque.set_queue_config(queue, ''external_ticker'', ''true'').';
  end if;
  perform pgque._lock_ticker();
  v_last := pgque._newest_tick(v_queue.queue_id);
  if tick_id is null or "timestamp" is null or event_seq is null
    or tick_id <= v_last.tick_id or event_seq < v_last.event_seq or "timestamp" < v_last.tick_time then
    raise exception 'tick out of order: %, %', queue, coalesce(tick_id::text, 'NULL') using errcode = 'QU015',
      detail = format('the last tick is %s at %s with event_seq %s', v_last.tick_id, v_last.tick_time, v_last.event_seq),
      hint = 'Tick id, timestamp and event_seq must not be NULL and not go back, and the tick id must be new.';
  end if;
  perform pgque._require_own_xid(pg_snapshot_xmax(v_last.snapshot));
  v_floor := coalesce(pg_sequence_last_value(v_queue.event_seq), 0);
  perform pgque._append_external_tick(v_queue, tick_id, "timestamp", event_seq, v_floor);
  return tick_id;
end
$$;

comment on function pgque.ticker() is 'Tick all queues that are due; returns how many';
comment on function pgque.ticker(text) is 'Tick one queue if it is due; returns the tick id or NULL';
comment on function pgque.ticker(text, bigint, timestamptz, bigint) is 'Record a tick of an external ticker; returns its id';
grant execute on function pgque.ticker(), pgque.ticker(text), pgque.ticker(text, bigint, timestamptz, bigint) to pgque_admin;

-- functions/operating/uninstall.sql
-- Removes the schema with all queues and events, and the jobs of start(). The roles stay: they belong to the whole
-- cluster, and another database may use them. For the owner of the schema only.
-- Raises out_of_memory (53200), and does nothing, when there are more tables than one transaction can lock.
create or replace function pgque.uninstall() returns void
language plpgsql volatile as $$
begin
  perform pgque.stop();
  drop schema pgque cascade;
exception when out_of_memory then
  raise exception 'too many tables for one transaction' using
    errcode = 'out_of_memory', detail = sqlerrm,
    hint = 'Nothing was changed. Run "call pgque._uninstall_in_steps()", or raise max_locks_per_transaction.';
end
$$;

comment on function pgque.uninstall() is 'Remove the schema with all queues and events; owner only';

-- functions/rotation/maint.sql
-- Moves the rotation of every log by at most one phase and returns how many moved. Safe at every crash point, because
-- a generation is advanced (setval survives a rollback) only after what it needs has been committed:
--   noted     event logs: no open transaction has written to the slot of g - 2: readers whose position is younger need
--             not touch it; and after a crash, or a rollback that the sequence survived, the generation itself;
--   emptied   the slot of g - 2, which is the next one, is truncated: at once for a shared log, for an event log when
--             every subscription has passed it, or was moved past it as max_consumer_lag of the queue demands;
--   carried   shared logs, when rotation is due: what is needed of the slot of g - 1 is copied to that of g, while no
--             open transaction has written to it;
--   advanced  when rotation is due: setval(g + 1).
-- Call it every few seconds, and again while it does not return 0. Two at once: the second returns 0. Twice in one transaction: the second time 0,
-- because nothing is committed in between. Locks are tried for 50 ms; what is not to be had is tried at the next call.
-- Raises isolation_not_supported (QU013).
create or replace function pgque.maint() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_started_at constant timestamptz := clock_timestamp();
  v_moved integer := 0;
  v_queue_id integer;
begin
  if not pgque._begin_maint('maint') then
    return 0;
  end if;
  if (select c.upgraded_at from pgque.config c) < v_started_at - interval '1 hour' then
    perform pgque._drop_former_functions();
  end if;
  v_moved := pgque._rotate_shared_logs();
  for v_queue_id in select r.queue_id from pgque._event_logs_to_rotate(null) r (queue_id) loop
    v_moved := v_moved + pgque._rotate_event_log(v_queue_id);
    -- The locks are held until the transaction ends; the next call goes on with the queues that are left.
    exit when clock_timestamp() > v_started_at + interval '50 milliseconds';
  end loop;
  return v_moved;
end
$$;

-- For callers of PgQ's names: the event log of one queue, and the shared logs. Both return how many moved by a phase.
create or replace function pgque.maint_rotate_tables_step1(queue text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id integer := (pgque._find_queue(queue)).queue_id;
begin
  if not pgque._begin_maint('maint_rotate_tables_step1') then
    return 0;
  end if;
  return coalesce((select pgque._rotate_event_log(r.queue_id) from pgque._event_logs_to_rotate(v_queue_id) r (queue_id)), 0);
end
$$;

create or replace function pgque.maint_rotate_tables_step2() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not pgque._begin_maint('maint_rotate_tables_step2') then
    return 0;
  end if;
  return pgque._rotate_shared_logs();
end
$$;

comment on function pgque.maint() is 'Move the rotation of every log by one phase; returns how many moved';
comment on function pgque.maint_rotate_tables_step1(text) is 'Move the rotation of one queue''s event log by one phase';
comment on function pgque.maint_rotate_tables_step2() is 'Move the rotation of the shared logs by one phase';
grant execute on function pgque.maint(), pgque.maint_rotate_tables_step1(text), pgque.maint_rotate_tables_step2() to pgque_admin;

-- functions/scheduling/set_tick_period_ms.sql
-- Sets the pause between two ticks of ticker_loop(), which a running loop takes up at once.
-- Raises invalid_argument (QU005) unless it divides 1000.
create or replace function pgque.set_tick_period_ms(ms integer) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if ms is null or ms not between 1 and 1000 or 1000 % ms <> 0 then
    raise exception 'ms must be an exact divisor of 1000' using
      errcode = 'QU005', detail = coalesce(ms::text, 'NULL'), hint = 'Use 1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 125, 200, 250, 500 or 1000.';
  end if;
  update pgque.config set tick_period_ms = ms where tick_period_ms <> ms;
end
$$;

comment on function pgque.set_tick_period_ms(integer) is 'Set the pause between two ticks of ticker_loop(), in milliseconds';
grant execute on function pgque.set_tick_period_ms(integer) to pgque_admin;

-- functions/scheduling/start.sql
-- Lets pg_cron tick, move retries and rotate, and purge the rows that our jobs leave in cron.job_run_details. The jobs
-- run as the owner of the schema. Called again it sets the same jobs right, which a new version of pg_cron may ask for.
-- From 1.5 on pg_cron starts a loop each second, before that each minute for a minute.
-- Raises pg_cron_not_installed (QU010); when pg_cron lives in another database, the hint has the statements to run there.
create or replace function pgque.start() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_version constant text := pgque._cron_version();
  v_job record;
begin
  if v_version is null then
    raise exception 'pg_cron extension is not installed' using
      errcode = 'QU010', detail = format('in database %I', current_database()), hint = pgque._cron_advice();
  end if;
  if not pgque._cron_has_seconds(v_version) and pgque._cron_setting('cron.use_background_workers') = 'on' then
    raise warning 'with background workers pg_cron before 1.5 starts other jobs up to a minute late' using
      hint = 'Set cron.use_background_workers to off, or update pg_cron.';
  end if;
  for v_job in select j.* from pgque._cron_jobs(v_version, true) j loop
    -- Dynamic, because the functions of pg_cron are there only where it is. They do not switch on what somebody has
    -- switched off.
    execute 'select cron.unschedule(j.jobid) from cron.job j '
      'where j.jobname = $1 and j.username = current_user and not j.active' using v_job.job_name;
    execute 'select cron.schedule($1, $2, $3)' using v_job.job_name, v_job.schedule, v_job.command;
  end loop;
end
$$;

comment on function pgque.start() is 'Let pg_cron tick, move retries and rotate';
grant execute on function pgque.start() to pgque_admin;

-- functions/scheduling/stop.sql
-- Ends what start() has begun: removes its jobs, and no others, and makes the loops that run leave after their tick.
-- Without pg_cron in this database it does only the latter. start() may be called again.
create or replace function pgque.stop() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_version constant text := pgque._cron_version();
begin
  update pgque.config set stops = stops + 1;
  if v_version is null or not has_schema_privilege('cron', 'usage') then
    return;
  end if;
  -- Dynamic, because the table and the functions of pg_cron are there only where it is.
  execute 'select cron.unschedule(j.jobid) from cron.job j join pgque._cron_jobs($1, true) o on j.jobname = o.job_name '
    'where j.database = current_database() and starts_with(j.command, ''/* pgque */'')' using v_version;
end
$$;

comment on function pgque.stop() is 'Remove the jobs that start() scheduled';
grant execute on function pgque.stop() to pgque_admin;

-- functions/scheduling/ticker_loop.sql
-- Ticks every tick_period_ms for as long as its scheduler wants, moves retries each second and rotates every five,
-- again at the next turn while there is more. It leaves with the last tick of that time, after stop(), and before a
-- statement_timeout would end it. A failed task is a warning and the loop goes on. Several loops at once do no harm: who
-- does not get the lock of the ticker, or of the mover, leaves the turn to the one who does.
-- Raises invalid_argument (QU005), and transaction_not_supported (QU022) in a transaction block: each task commits.
-- A procedure that commits cannot have the rights of its owner or a pinned search_path. So it calls only what
-- pgque_admin may call, each of its transactions pins the path, and what is looked up before that is qualified.
create or replace procedure pgque.ticker_loop(duration interval default '1 second')
language plpgsql as $$
declare
  v_stops constant integer := (select c.stops from pgque.config c);
  v_timeout constant interval := pg_catalog.current_setting('statement_timeout')::interval;
  v_turn_at pg_catalog.timestamptz := pg_catalog.clock_timestamp();
  v_leave_at pg_catalog.timestamptz;
  v_move_at pg_catalog.timestamptz := v_turn_at;
  v_rotate_at pg_catalog.timestamptz := pg_catalog.date_bin('5 seconds', v_turn_at operator(pg_catalog.+) '5 seconds'::interval, 'epoch');
  v_config pgque.config;
  v_task pg_catalog.text;
begin
  -- In the extended protocol, whose portals are cursors, this says nothing; then the first commit fails, with 2D000.
  if pg_catalog.transaction_timestamp() operator(pg_catalog.<) pg_catalog.statement_timestamp()
    and not exists (select from pg_catalog.pg_cursors) then
    raise exception 'ticker_loop cannot run in a transaction block' using
      errcode = 'QU022', detail = 'ticker_loop', hint = 'Call it in autocommit, in a statement of its own.';
  end if;
  if duration is null or duration operator(pg_catalog.<=) '0'::interval then
    raise exception 'duration must be > 0' using
      errcode = 'QU005', detail = coalesce(duration::pg_catalog.text, 'NULL'), hint = 'It is how long the loop runs, for example ''1 minute''.';
  end if;
  -- A little early: while a job runs, some versions of pg_cron start no other.
  v_leave_at := v_turn_at operator(pg_catalog.+) (duration operator(pg_catalog.*) 0.999::double precision);
  if v_timeout operator(pg_catalog.>) '0'::interval and v_timeout operator(pg_catalog.<=) duration then
    raise warning 'statement_timeout ends this loop before its duration';
    v_leave_at := v_turn_at operator(pg_catalog.+) (v_timeout operator(pg_catalog.*) 0.9::double precision);
  end if;

  <<turns>>
  loop
    foreach v_task in array array['move', 'tick', 'rotate', 'rest'] loop
      commit;
      set transaction isolation level read committed;
      -- A lost tick is made again, and whoever went past it has flushed it with his own commit.
      perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), pg_catalog.set_config('synchronous_commit', 'off', true);
      if v_task = 'rest' then
        select c.* into strict v_config from pgque.config c;
        -- A turn that is late does not make the next ones hurry, nor does a clock that was set back stop them.
        v_turn_at := greatest(v_turn_at, clock_timestamp() - make_interval(secs => v_config.tick_period_ms / 1000.0))
          + make_interval(secs => v_config.tick_period_ms / 1000.0);
        exit turns when v_config.stops <> v_stops or v_turn_at >= v_leave_at;
        perform pg_sleep(least(extract(epoch from v_turn_at - clock_timestamp()), v_config.tick_period_ms / 1000.0));
        continue;
      end if;
      begin
        if v_task = 'move' and clock_timestamp() >= v_move_at and pg_try_advisory_xact_lock(7170, 5) then
          v_move_at := clock_timestamp() + interval '1 second';
          v_move_at := case when pgque.maint_retry_events() > 0 then v_turn_at else v_move_at end;
        elsif v_task = 'tick' and pg_try_advisory_xact_lock(7170, 3) then
          perform pgque.ticker();
        elsif v_task = 'rotate' and clock_timestamp() >= v_rotate_at then
          v_rotate_at := clock_timestamp() + interval '5 seconds';
          v_rotate_at := case when pgque.maint() > 0 then v_turn_at else v_rotate_at end;
        end if;
      exception when others then
        raise warning 'ticker_loop could not %: %', v_task, sqlerrm using errcode = sqlstate;
      end;
    end loop;
  end loop;
end
$$;

comment on procedure pgque.ticker_loop(interval) is 'Tick every tick_period_ms for a while, with retries and rotation';
grant execute on procedure pgque.ticker_loop(interval) to pgque_admin;

-- functions/looking/consumer_stats.sql
-- Where consumers stand, of all queues or of one, without counting events; get_consumer_info() counts. lag is the age of
-- the position while something is behind it, else zero; last_seen the time since it last moved, opened a batch or was touched, NULL: never;
-- pending_events_estimate goes by the event sequence up to the newest tick, in which rolled-back sends and forced ticks leave
-- gaps. retries_pending and dead_letters are counted. Members of a cooperative consumer are listed as <consumer>.<member>,
-- with what they hold; that is behind the consumer. Raises queue_not_found (QU001).
create or replace function pgque.consumer_stats(
  queue text default null,
  out queue_name text, out consumer_name text, out lag interval, out last_seen interval, out last_tick_id bigint,
  out batch_id bigint, out batch_age interval, out pending_events_estimate bigint, out retries_pending bigint,
  out dead_letters bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  return query
    select c.queue_name, c.consumer_name, c.lag, c.last_seen, c.last_tick_id, c.batch_id, c.batch_age,
      c.pending_events_estimate, coalesce(r.pending, 0),
      (select count(*) from pgque.dead_letter d where d.subscription_id = c.subscription_id)
    from pgque._consumers() c
    left join pgque._retries() r on r.subscription_id = c.subscription_id
    where queue is null or c.queue_name = queue
    order by c.queue_name, c.consumer_name;
end
$$;

comment on function pgque.consumer_stats(text) is 'Where consumers stand, without counting events';
grant execute on function pgque.consumer_stats(text) to pgque_reader;

-- functions/looking/get_batch_info.sql
-- What an open batch covers; no row when it is unknown or no longer open. Takes no lock.
create or replace function pgque.get_batch_info(
  batch_id bigint,
  out queue_name text, out consumer_name text, out batch_start timestamptz, out batch_end timestamptz,
  out prev_tick_id bigint, out tick_id bigint, out lag interval, out seq_start bigint, out seq_end bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.cursor_generation');
begin
  return query
    select q.queue_name, s.consumer_name, c.tick_time, c.next_tick_time, c.tick_id, c.next_tick_id,
      clock_timestamp() - c.next_tick_time, c.event_seq, c.next_event_seq
    from pgque.subscription s
    join pgque.queue q on q.queue_id = s.queue_id
    cross join lateral pgque._state('s', s.subscription_id) c
    where c.batch_id = get_batch_info.batch_id
      and s.subscription_id = (
        select b.subject from pgque.cursor b
        where b.slot in (v_generation % 3, (v_generation + 2) % 3) and b.batch_id = get_batch_info.batch_id limit 1);
end
$$;

comment on function pgque.get_batch_info(bigint) is 'What an open batch covers';
grant execute on function pgque.get_batch_info(bigint) to pgque_reader;

-- functions/looking/get_consumer_info.sql
-- Where consumers stand: all, of one queue, or one. lag is the age of the position, last_seen the time since the consumer
-- last moved or opened a batch, pending_events what is committed and not acknowledged, retries that are due included.
-- Members of a cooperative consumer are listed as <consumer>.<member>, with what they hold; that is behind the consumer.
-- A queue or consumer that does not exist raises queue_not_found (QU001), consumer_not_registered (QU002).
create or replace function pgque.get_consumer_info(
  queue text default null, consumer text default null,
  out queue_name text, out consumer_name text, out lag interval, out last_seen interval,
  out last_tick bigint, out current_batch bigint, out next_tick bigint, out pending_events bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  return query
    select q.queue_name, s.consumer_name, clock_timestamp() - c.tick_time, clock_timestamp() - c.changed_at,
      c.tick_id, c.batch_id, c.next_tick_id,
      case when s.parent_id is null then pgque._count_events(q, s.subscription_id, c.snapshot, c.id_floor, c.page_after)
        else pgque._count_batch(c, q, s.parent_id) end
    from pgque.subscription s
    join pgque.queue q on q.queue_id = s.queue_id
    cross join lateral pgque._state('s', s.subscription_id) c
    where (queue is null or q.queue_name = queue) and (consumer is null or s.consumer_name = consumer)
    order by q.queue_name, s.consumer_name;
  if not found and consumer is not null then
    raise exception 'consumer not registered: %, %', coalesce(queue, 'any queue'), consumer using
      errcode = 'QU002', detail = concat_ws(', ', queue, consumer),
      hint = 'Subscribe it with pgque.subscribe(), or check the spelling.';
  end if;
end
$$;

comment on function pgque.get_consumer_info(text, text) is 'Where consumers stand';
grant execute on function pgque.get_consumer_info(text, text) to pgque_reader;

-- functions/looking/get_queue_config.sql
-- The settings of a queue as JSON, under the names that set_queue_config() takes; max_retries is the effective one.
-- Raises queue_not_found (QU001).
create or replace function pgque.get_queue_config(queue text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set intervalstyle = 'postgres' as $$
declare
  v_queue constant pgque.queue := pgque._find_queue(queue);
  v_row constant jsonb := to_jsonb(v_queue);
begin
  return (select jsonb_object_agg(s.name, v_row -> s.name) from pgque._queue_settings() s)
    || jsonb_build_object('max_retries', pgque._max_retries(v_queue));
end
$$;

comment on function pgque.get_queue_config(text) is 'The settings of a queue as JSON';
grant execute on function pgque.get_queue_config(text) to pgque_reader;

-- functions/looking/get_queue_info.sql
-- Queues with their settings: all, or one. queue_cur_table is the table that takes events now, queue_switch_time when
-- rotation came to it, ticker_lag the age of the newest tick, ev_per_sec the rate between the ticks of the last minutes
-- (NULL: not known), ev_new the committed events that no tick has seen. Raises queue_not_found (QU001).
create or replace function pgque.get_queue_info(
  queue text default null,
  out queue_name text, out queue_ntables integer, out queue_cur_table integer, out queue_rotation_period interval,
  out queue_switch_time timestamptz, out queue_external_ticker boolean, out queue_ticker_paused boolean,
  out queue_ticker_max_count integer, out queue_ticker_max_lag interval, out queue_ticker_idle_period interval,
  out ticker_lag interval, out ev_per_sec double precision, out ev_new bigint, out last_tick_id bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  return query
    select q.queue_name, 3, (pg_sequence_last_value(q.generation_seq) % 3)::integer, q.rotation_period,
      coalesce(m.noted_at, q.created_at), q.external_ticker, q.ticker_paused, q.ticker_max_count, q.ticker_max_lag,
      q.ticker_idle_period, clock_timestamp() - t.tick_time, pgque._events_per_second(t),
      pgque._count_events(q, null, t.snapshot, t.id_floor), t.tick_id
    from pgque.queue q
    cross join lateral pgque._newest_tick(q.queue_id) t
    cross join lateral pgque._state('q', q.queue_id) m
    where queue is null or q.queue_name = queue
    order by q.queue_name;
end
$$;

comment on function pgque.get_queue_info(text) is 'Queues with their settings and rates';
grant execute on function pgque.get_queue_info(text) to pgque_reader;

-- functions/looking/health.sql
-- What is wrong, as far as the database can tell. Each check has one row with status ok, or one for each fault (for each
-- queue that has it) with status warn or fail, what was found, and what to do. In the order of how much hangs on it:
--   cluster        stored transaction ids that are not of this cluster, missing ticks and states
--   ticker         queues that are due for a tick and get none
--   rotation       logs that are due to rotate and do not, with what holds them
--   consumers      consumers that stand still: see stuck_consumers()
--   consumer_gaps  consumers that were moved past events within the last week: see the setting max_consumer_lag
--   retries        retries that are overdue
--   dead_letters   queues that got dead letters within the last hour
--   transactions   the oldest open transaction, when it blocks a queue
--   schedulers     more than one that ticks
--   pg_cron        one that is too old
-- Nothing is written, no lock is taken that anybody waits for, and the time of a call does not depend on the number of events.
create or replace function pgque.health(
  out check_name text, out status text, out queue_name text, out detail text, out hint text)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    with found (check_name, status, queue_name, detail, hint) as materialized (
      select 'cluster', f.* from pgque._check_cluster() f
      union all select 'ticker', f.* from pgque._check_ticker() f
      union all select 'rotation', f.* from pgque._check_rotation() f
      union all select 'consumers', f.* from pgque._check_consumers() f
      union all select 'consumer_gaps', f.* from pgque._check_gaps() f
      union all select 'retries', f.* from pgque._check_retries() f
      union all select 'dead_letters', f.* from pgque._check_dead_letters() f
      union all select 'transactions', f.* from pgque._check_transactions() f
      union all select 'schedulers', f.* from pgque._check_schedulers() f
      union all select 'pg_cron', f.* from pgque._check_pg_cron() f)
    select c.check_name, coalesce(f.status, 'ok'), f.queue_name, coalesce(f.detail, c.fine), f.hint
    from (values
      (1, 'cluster', 'what is stored belongs to this cluster'),
      (2, 'ticker', 'no queue waits for a tick'),
      (3, 'rotation', 'no log waits to rotate'),
      (4, 'consumers', 'none stands still'),
      (5, 'consumer_gaps', 'none within the last week'),
      (6, 'retries', 'none is overdue'),
      (7, 'dead_letters', 'none in the last hour'),
      (8, 'transactions', 'none has been open for 10 minutes'),
      (9, 'schedulers', null),
      (10, 'pg_cron', null)) c (position, check_name, fine)
    left join found f on f.check_name = c.check_name
    order by c.position, f.status, f.queue_name;
end
$$;

comment on function pgque.health() is 'What is wrong, and what to do about it';
grant execute on function pgque.health() to pgque_reader;

-- functions/looking/in_flight.sql
-- The batches that are open, of all queues or of one: who holds them, since when, between which ticks, and how many events
-- they have. A member of a cooperative consumer is listed as <consumer>.<member>. opened_at may be later than the batch where
-- that was opened before the last two rotations of the cursor log and its member was touched since. Counts the events of
-- each batch. Raises queue_not_found (QU001). Takes no lock that anybody waits for.
create or replace function pgque.in_flight(
  queue text default null,
  out queue_name text, out consumer_name text, out batch_id bigint, out opened_at timestamptz, out age interval,
  out prev_tick_id bigint, out tick_id bigint, out events bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_open record;
  v_state pgque.cursor;
  v_generation constant bigint := pg_sequence_last_value('pgque.cursor_generation');
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  for v_open in
    select c.subscription_id, c.queue_name, c.consumer_name, q as queue, coalesce(s.parent_id, s.subscription_id) as owner
    from pgque._consumers() c
    join pgque.subscription s on s.subscription_id = c.subscription_id
    join pgque.queue q on q.queue_id = c.queue_id
    where c.batch_id is not null and (queue is null or c.queue_name = queue)
    order by c.batch_age desc, c.batch_id
  loop
    v_state := pgque._state('s', v_open.subscription_id);
    continue when v_state.batch_id is null;
    events := pgque._count_batch(v_state, v_open.queue, v_open.owner);
    queue_name := v_open.queue_name;
    consumer_name := v_open.consumer_name;
    batch_id := v_state.batch_id;
    -- Of a member that was touched, the first row says when.
    select min(c.changed_at) into opened_at
    from pgque.cursor c where c.slot in (v_generation % 3, (v_generation + 2) % 3) and c.batch_id = v_state.batch_id;
    opened_at := coalesce(opened_at, v_state.changed_at);
    age := clock_timestamp() - opened_at;
    prev_tick_id := v_state.tick_id;
    tick_id := v_state.next_tick_id;
    return next;
  end loop;
end
$$;

comment on function pgque.in_flight(text) is 'The batches that are open, and who holds them';
grant execute on function pgque.in_flight(text) to pgque_reader;

-- functions/looking/metrics.sql
-- Samples for Prometheus or OpenTelemetry, all in one query: name, type (gauge or counter), value, labels. Durations are in
-- seconds and end with _seconds; a value that is not known has no row. No event is counted: what ends with _estimate
-- goes by the event sequence at the ticks, in which rolled-back sends and forced ticks leave gaps.
--   pgque_info                              gauge    1                                              version
--   pgque_queue_ticker_lag_seconds          gauge    age of the newest tick                         queue
--   pgque_queue_events_estimate             counter  event ids drawn up to the newest tick          queue
--   pgque_rotation_age_seconds              gauge    since the event log rotated                    queue
--   pgque_log_rotation_age_seconds          gauge    since a shared log rotated                     log: tick, cursor, later
--   pgque_retries_pending                   gauge    retries to move; of the 10,000 due first       queue
--   pgque_delayed_sends_pending             gauge    delayed sends to move; of the same 10,000      queue
--   pgque_retries_overdue_seconds           gauge    of what is to move and overdue longest, else 0
--   pgque_dead_letters                      gauge    up to 10,000                                   queue
--   pgque_consumer_lag_seconds              gauge    age of the position, 0 when nothing is behind  queue, consumer
--   pgque_consumer_pending_events_estimate  gauge    events up to the newest tick                   queue, consumer
--   pgque_consumer_batch_age_seconds        gauge    since it was opened, or its member touched;    queue, consumer
--                                                    no row without an open batch
-- Members of a cooperative consumer are consumers <consumer>.<member>, with what they hold; that is behind the consumer.
create or replace function pgque.metrics(out name text, out type text, out value double precision, out labels jsonb)
returns setof record
language plpgsql volatile security definer
-- Thousands of rows are kept in memory up to work_mem before they are handed on.
set search_path = pg_catalog, pg_temp set work_mem = '64MB' as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  return query
    with unmoved as materialized (select d.* from pgque._unmoved(10000) d),
    retry as materialized (
      select d.queue_id, count(distinct (d.owner, d.ev_id, d.ev_retry)) filter (where s.subscription_id is not null) as retries,
        -- Less those that were cancelled.
        count(distinct d.ev_id) filter (where d.owner = 0 and d.ev_retry = 0)
          - count(distinct d.ev_id) filter (where d.owner = 0 and d.ev_retry = -1) as delayed
      from unmoved d
      left join pgque.subscription s on s.subscription_id = d.owner
      group by d.queue_id),
    queue as materialized (
      select q.queue_id, q.queue_name, jsonb_object(array['queue', q.queue_name]) as labels, t.event_seq::double precision,
        date_part('epoch', v_now - t.tick_time) as ticker_lag,
        date_part('epoch', v_now - coalesce(m.noted_at, q.created_at)) as rotation_age,
        coalesce(r.retries, 0)::double precision as retries, coalesce(r.delayed, 0)::double precision as delayed,
        (select count(*)::double precision from (select from pgque.dead_letter d where d.queue_id = q.queue_id limit 10000) d) as dead_letters
      from pgque.queue q
      left join pgque._newest_ticks() t on t.queue_id = q.queue_id
      left join pgque._states('q') m on m.subject = q.queue_id
      left join retry r on r.queue_id = q.queue_id),
    -- As _consumers(), which would read the ticks once more.
    consumer as materialized (
      select jsonb_object(array['queue', q.queue_name, 'consumer', s.consumer_name]) as labels,
        case when s.parent_id is null and q.event_seq > c.event_seq or c.batch_id is not null
          then greatest(date_part('epoch', v_now - c.tick_time), 0) else 0 end as lag,
        case when c.batch_id is not null then greatest(date_part('epoch', v_now - c.changed_at), 0) end as batch_age,
        greatest(case when s.parent_id is null then q.event_seq else least(c.next_event_seq, c.page_until) end
          - least(greatest(c.event_seq, c.page_after), c.next_event_seq), 0)::double precision as pending
      from queue q
      join pgque.subscription s on s.queue_id = q.queue_id
      left join pgque._states('s') c on c.subject = s.subscription_id)
    select 'pgque_info', 'gauge', 1::double precision, jsonb_build_object('version', pgque.version())
    union all select 'pgque_queue_ticker_lag_seconds', 'gauge', q.ticker_lag, q.labels from queue q where q.ticker_lag is not null
    union all select 'pgque_queue_events_estimate', 'counter', q.event_seq, q.labels from queue q where q.event_seq is not null
    union all select 'pgque_rotation_age_seconds', 'gauge', q.rotation_age, q.labels from queue q
    union all select 'pgque_retries_pending', 'gauge', q.retries, q.labels from queue q
    union all select 'pgque_delayed_sends_pending', 'gauge', q.delayed, q.labels from queue q
    union all select 'pgque_dead_letters', 'gauge', q.dead_letters, q.labels from queue q
    union all select 'pgque_consumer_lag_seconds', 'gauge', c.lag, c.labels from consumer c
    union all select 'pgque_consumer_pending_events_estimate', 'gauge', c.pending, c.labels from consumer c
    union all select 'pgque_consumer_batch_age_seconds', 'gauge', c.batch_age, c.labels from consumer c where c.batch_age is not null
    union all
    select 'pgque_log_rotation_age_seconds', 'gauge', date_part('epoch', v_now - (pgque._state('l', l.subject)).noted_at),
      jsonb_build_object('log', l.log)
    from (values (1, 'tick'), (2, 'cursor'), (3, 'later')) l (subject, log)
    union all
    select 'pgque_retries_overdue_seconds', 'gauge', coalesce(date_part('epoch', v_now - (
      select min(d.due_at) from unmoved d where d.due_at < v_now)), 0), '{}';
end
$$;

comment on function pgque.metrics() is 'Samples for Prometheus or OpenTelemetry';
grant execute on function pgque.metrics() to pgque_reader;

-- functions/looking/queue_stats.sql
-- Queues at a glance: all, or one, without counting events; get_queue_info() counts.
--   events_per_second        between the ticks of the last minutes; NULL: not known
--   unticked_events_estimate steps of the event sequence since the newest tick
--   slowest_consumer         the one whose position is oldest, not a member, with its lag and its estimate of pending events
--   delayed_pending          delayed sends that are not delivered yet
--   rotation_age             since the event log rotated
--   bytes                    of the event log with its indexes; asking for them takes most of the time of this call
-- Raises queue_not_found (QU001).
create or replace function pgque.queue_stats(
  queue text default null,
  out queue_name text, out last_tick_id bigint, out ticker_lag interval, out events_per_second double precision,
  out unticked_events_estimate bigint, out consumers integer, out slowest_consumer text, out slowest_lag interval,
  out pending_events_estimate bigint, out retries_pending bigint, out delayed_pending bigint, out dead_letters bigint, out rotation_age interval, out bytes bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  if queue is not null then
    perform pgque._find_queue(queue);
  end if;
  return query
    with consumer as materialized (
      select distinct on (c.queue_id) c.*, (count(*) over (partition by c.queue_id))::integer as consumers
      from pgque._consumers() c where not c.is_member order by c.queue_id, c.last_tick_id, c.consumer_name),
    retry as materialized (
      select r.queue_id, coalesce(sum(r.pending) filter (where r.subscription_id <> 0), 0)::bigint as retries,
        coalesce(sum(r.pending) filter (where r.subscription_id = 0), 0)::bigint as delayed
      from pgque._retries() r group by r.queue_id)
    select q.queue_name, t.tick_id, v_now - t.tick_time, pgque._events_per_second(t),
      greatest(coalesce(pg_sequence_last_value(q.event_seq), 0) - t.id_floor, 0),
      coalesce(c.consumers, 0), c.consumer_name, c.lag, c.pending_events_estimate, coalesce(r.retries, 0), coalesce(r.delayed, 0),
      (select count(*) from pgque.dead_letter d where d.queue_id = q.queue_id),
      v_now - coalesce(m.noted_at, q.created_at),
      (select sum(pg_total_relation_size(format('pgque.%I', 'event_' || q.log_id || '_' || slot)::regclass))
       from generate_series(0, 2) slot)::bigint
    from pgque.queue q
    left join pgque._newest_ticks() t on t.queue_id = q.queue_id
    left join pgque._states('q') m on m.subject = q.queue_id
    left join consumer c on c.queue_id = q.queue_id
    left join retry r on r.queue_id = q.queue_id
    where queue is null or q.queue_name = queue
    order by q.queue_name;
end
$$;

comment on function pgque.queue_stats(text) is 'Queues at a glance, without counting events';
grant execute on function pgque.queue_stats(text) to pgque_reader;

-- functions/looking/status.sql
-- One row for each part of the install, with a status (info, scheduled, stopped, unavailable) and a sentence.
create or replace function pgque.status() returns table (component text, status text, detail text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_cron_version constant text := pgque._cron_version();
begin
  return query select 'postgresql', 'info', pg_catalog.version();
  return query select 'pgque', 'info', pgque.version();
  if v_cron_version is not null then
    return query select 'pg_cron', 'info', format('pg_cron %s is installed', v_cron_version);
    if has_schema_privilege('cron', 'usage') then
      -- Dynamic, because the table of pg_cron is there only where it is.
      return query execute 'select o.component, case when j.active then ''scheduled'' else ''stopped'' end, '
        'case when not coalesce(j.active, false) then ''pgque.start() schedules it'' '
        'when o.component = ''ticker'' then format(''job %s, %s, a tick every %s ms'', j.jobid, j.schedule, c.tick_period_ms) '
        'else format(''job %s, %s'', j.jobid, j.schedule) end '
        'from pgque.config c, pgque._cron_jobs($1, true) with ordinality o (component, job_name, schedule, command, position) '
        'left join cron.job j on j.jobname = o.job_name and j.database = current_database() and starts_with(j.command, ''/* pgque */'') '
        'order by o.position' using v_cron_version;
    end if;
  else
    return query select 'pg_cron', 'unavailable',
      'pg_cron not installed -- call pgque.ticker(), pgque.maint() and pgque.maint_retry_events() from your application';
  end if;
  return query select 'queues', 'info', count(*) || ' queues configured' from pgque.queue;
  return query select 'consumers', 'info', count(*) || ' active subscriptions' from pgque.subscription;
end
$$;

comment on function pgque.status() is 'One row for each part of the install';
grant execute on function pgque.status() to pgque_admin;

-- functions/looking/stuck_consumers.sql
-- Consumers that hold up their queue: those whose batch has been open, or that have had something to read, for longer than
-- the threshold; the longest first. Where there is nothing to read nobody is stuck, however old the position.
--   reason          batch open   the batch was opened, or its member touched, before the threshold
--                   not reading  it has neither moved nor opened a batch since before the threshold
--                   behind       it moves, but what it has not acknowledged is older than the threshold
--   stuck_for       how long the batch has been open, or something has waited to be read
--   pending_events_estimate  by the event sequence, in which rolled-back sends and forced ticks leave gaps
--   holds_rotation  the slot of the event log that is to be emptied next holds something it has not passed
--   held_bytes      size of the slots that hold something it has not passed
-- Raises invalid_argument (QU005).
create or replace function pgque.stuck_consumers(
  threshold interval default '30 minutes',
  out queue_name text, out consumer_name text, out reason text, out stuck_for interval, out lag interval,
  out last_seen interval, out batch_id bigint, out pending_events_estimate bigint, out holds_rotation boolean, out held_bytes bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  if threshold is null or threshold < '0 seconds' then
    raise exception 'threshold must not be negative or null' using errcode = 'QU005',
      hint = 'Pass how long a consumer may stand still.';
  end if;
  return query
    with late as materialized (
      select c.*, s as state, case
          when c.batch_age >= threshold then v_now - c.batch_age
          else pgque._readable_since(c.queue_id, s)
        end as since
      from pgque._consumers() c
      join pgque._states('s') s on s.subject = c.subscription_id
      where c.lag >= threshold and not c.is_member or c.batch_age >= threshold),
    held as materialized (
      select u.subject, sum(u.bytes)::bigint as bytes,
        bool_or(u.slot = (pg_sequence_last_value((g.queue).generation_seq) + 1) % 3) as holds_rotation
      from (
        select q as queue, array_agg(l.state) as states
        from late l join pgque.queue q on q.queue_id = l.queue_id
        where v_now - l.since >= threshold group by q.queue_id) g
      cross join lateral pgque._unpassed_slots(g.queue, g.states) u
      group by u.subject)
    select l.queue_name, l.consumer_name,
      case when l.batch_age >= threshold then 'batch open' when l.last_seen >= threshold then 'not reading' else 'behind' end,
      v_now - l.since, l.lag, l.last_seen, l.batch_id, l.pending_events_estimate,
      coalesce(h.holds_rotation, false), coalesce(h.bytes, 0)
    from late l
    left join held h on h.subject = l.subscription_id
    -- Without a row in the log, what moved the sequence was a gap: there is nothing to read.
    where v_now - l.since >= threshold and (l.batch_age >= threshold or h.subject is not null)
    order by l.since, l.queue_name, l.consumer_name;
end
$$;

comment on function pgque.stuck_consumers(interval) is 'Consumers that hold up their queue, and what they hold';
grant execute on function pgque.stuck_consumers(interval) to pgque_reader;

-- functions/looking/throughput.sql
-- Events per bucket over the last period, from the ticks that are still held; the newest bucket ends now. Goes by the event
-- sequence, in which rolled-back sends and forced ticks leave gaps, and spreads what lies between two ticks evenly.
-- NULL where no tick is held any more. Raises queue_not_found (QU001), invalid_argument (QU005).
create or replace function pgque.throughput(
  queue text, period interval default '1 hour', bucket interval default '1 minute',
  out bucket_start timestamptz, out events_estimate bigint, out events_per_second double precision)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue constant pgque.queue := pgque._find_queue(queue);
  v_seconds constant double precision := date_part('epoch', bucket);
  v_buckets constant double precision := ceil(date_part('epoch', period) / nullif(v_seconds, 0));
  v_now constant timestamptz := clock_timestamp();
  v_generation bigint;
begin
  if not coalesce(v_seconds > 0 and v_buckets between 1 and 10000, false) then
    raise exception 'period must have between 1 and 10000 buckets' using errcode = 'QU005',
      detail = concat_ws(', ', period, bucket), hint = 'Pass positive intervals, for example ''1 hour'' and ''1 minute''.';
  end if;
  lock table pgque.tick in access share mode;
  v_generation := pg_sequence_last_value('pgque.tick_generation');
  return query
    with tick as (
      select t.tick_time as at, t.event_seq::numeric as seq
      from pgque.tick t
      where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = v_queue.queue_id
      union all
      -- An external ticker counts in units of its own.
      select v_now, coalesce(pg_sequence_last_value(v_queue.event_seq), 0) where not v_queue.external_ticker),
    edge as (
      select v_now - (v_buckets - i) * v_seconds * interval '1 second' as at, null::numeric as seq
      from generate_series(0, v_buckets::integer) i),
    -- The sequence at an edge lies between that of the tick before it and that of the tick after it.
    bounded as (
      select a.at, a.seq,
        max(a.seq) over before as seq_before, max(a.at) filter (where a.seq is not null) over before as before_at,
        min(a.seq) over after as seq_after, min(a.at) filter (where a.seq is not null) over after as after_at
      from (select * from tick union all select * from edge) a
      window before as (order by a.at, a.seq nulls last),
        after as (order by a.at, a.seq nulls last rows between current row and unbounded following)),
    level as (
      select b.at, case
          when b.after_at is null or b.after_at <= b.before_at then b.seq_before
          else b.seq_before + (b.seq_after - b.seq_before)
            * (date_part('epoch', b.at - b.before_at) / date_part('epoch', b.after_at - b.before_at))::numeric
        end as seq
      from bounded b where b.seq is null)
    select b.at, b.events::bigint, (b.events / v_seconds)::double precision
    from (
      select l.at, round(lead(l.seq) over (order by l.at)) - round(l.seq) as events, lead(l.at) over (order by l.at) as ends_at
      from level l) b
    where b.ends_at is not null
    order by b.at;
end
$$;

comment on function pgque.throughput(text, interval, interval) is 'Events per bucket over the last period, from the ticks';
grant execute on function pgque.throughput(text, interval, interval) to pgque_reader;

-- functions/looking/version.sql
-- The version of this install.
create or replace function pgque.version() returns text
language sql immutable as $$
  select '0.2.0'::pg_catalog.text
$$;

comment on function pgque.version() is 'The version of PgQue';
grant execute on function pgque.version() to pgque_reader, pgque_writer, pgque_admin;

-- functions/capture/jsontriga.sql
-- PgQ: a trigger that appends each change of a table to a queue, the row as JSON.
--   type    {"op":"INSERT","table":["public","orders"],"pkey":["id"]}; op is INSERT, UPDATE, DELETE or TRUNCATE
--   payload the row as row_to_json() renders it, the old one of a DELETE; {} for TRUNCATE
--   extra1  the table, as SQL spells it: public.orders
--   extra2  with the argument backup, the old row of an UPDATE or DELETE, in the form of the payload
-- The arguments after the queue, what is left out of a row, and whose rights count: sql/capture.md.
-- Raises invalid_trigger (QU020) and what insert_event() raises; then the change fails with it.
create or replace function pgque.jsontriga() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp set datestyle = 'ISO, MDY' set intervalstyle = postgres set timezone = 'UTC'
set bytea_output = hex set extra_float_digits = 1 set quote_all_identifiers = off as $$
declare
  v_changed record;
  v_before record;
begin
  if TG_OP = 'DELETE' then
    v_changed := OLD;
  else
    v_changed := NEW;
  end if;
  if TG_OP = 'UPDATE' then
    v_before := OLD;
  else
    v_before := v_changed;
  end if;
  if pgque._capture('json', TG_OP, TG_WHEN, TG_LEVEL, TG_RELID, TG_NAME, TG_ARGV, v_changed, v_before) then
    return null;
  end if;
  return v_changed;
end
$$;

comment on function pgque.jsontriga() is 'Trigger: append each change of a table to a queue, as JSON';
grant execute on function pgque.jsontriga() to pgque_writer;

-- functions/capture/logutriga.sql
-- PgQ: a trigger that appends each change of a table to a queue, the row urlencoded.
--   type    I:id, U:id or D:id, with the columns of the key behind the colon, separated by commas; R for TRUNCATE
--   payload id=1&name=caf%c3%a9+au+lait&nothing, as the types write their values; a NULL has no "="; empty for TRUNCATE
--   extra1  the table, as SQL spells it: public.orders
--   extra2  with the argument backup, the old row of an UPDATE or DELETE, in the form of the payload
-- The arguments after the queue, what is left out of a row, and whose rights count: sql/capture.md.
-- Raises invalid_trigger (QU020) and what insert_event() raises; then the change fails with it.
create or replace function pgque.logutriga() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp set datestyle = 'ISO, MDY' set intervalstyle = postgres set timezone = 'UTC'
set bytea_output = hex set extra_float_digits = 1 set quote_all_identifiers = off as $$
declare
  v_changed record;
  v_before record;
begin
  if TG_OP = 'DELETE' then
    v_changed := OLD;
  else
    v_changed := NEW;
  end if;
  if TG_OP = 'UPDATE' then
    v_before := OLD;
  else
    v_before := v_changed;
  end if;
  if pgque._capture('urlencoded', TG_OP, TG_WHEN, TG_LEVEL, TG_RELID, TG_NAME, TG_ARGV, v_changed, v_before) then
    return null;
  end if;
  return v_changed;
end
$$;

comment on function pgque.logutriga() is 'Trigger: append each change of a table to a queue, urlencoded';
grant execute on function pgque.logutriga() to pgque_writer;

-- functions/capture/sqltriga.sql
-- PgQ: a trigger that appends each change of a table to a queue as the part of a statement that repeats it.
--   type    I, U, D, or R for TRUNCATE
--   payload (id,name) values ('1','x')  after "insert into" and the table
--           name='y' where id='1'       after "update", the table and "set": the columns that changed; none, no event
--           id='1'                      after "delete from", the table and "where"; empty for TRUNCATE
--   extra1  the table, as SQL spells it: public.orders
--   extra2  with the argument backup, the old row of an UPDATE or DELETE, urlencoded
-- Without a primary key and pkey= all columns are the key: a statement then meets every row that looks the same.
-- The arguments after the queue, what is left out of a row, and whose rights count: sql/capture.md.
-- Raises invalid_trigger (QU020) and what insert_event() raises; then the change fails with it.
create or replace function pgque.sqltriga() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp set datestyle = 'ISO, MDY' set intervalstyle = postgres set timezone = 'UTC'
set bytea_output = hex set extra_float_digits = 1 set quote_all_identifiers = off as $$
declare
  v_changed record;
  v_before record;
begin
  if TG_OP = 'DELETE' then
    v_changed := OLD;
  else
    v_changed := NEW;
  end if;
  if TG_OP = 'UPDATE' then
    v_before := OLD;
  else
    v_before := v_changed;
  end if;
  if pgque._capture('sql', TG_OP, TG_WHEN, TG_LEVEL, TG_RELID, TG_NAME, TG_ARGV, v_changed, v_before) then
    return null;
  end if;
  return v_changed;
end
$$;

comment on function pgque.sqltriga() is 'Trigger: append each change of a table to a queue, as partial SQL';
grant execute on function pgque.sqltriga() to pgque_writer;

-- schema/planner.sql
-- Planner settings of the functions that read logs. A plan is kept for as long as its session lives, and it may have been
-- made when the slot had just been truncated: then the planner takes a sequential scan, and a sort, for the cheapest
-- way. With index scans only, a call costs what it returns, whatever the statistics say or said. What cannot do without
-- a sequential scan gets an estimate so high that JIT compilation would start. Functions that only append are left out.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'pgque'::regnamespace and p.prosecdef and p.proname not in ('insert_event', 'send_batch')
  loop
    execute pg_catalog.format(
      'alter function %s set enable_seqscan = off set enable_bitmapscan = off set max_parallel_workers_per_gather = 0 set jit = off',
      v_function);
  end loop;
end
$$;

-- schema/capture.sql
-- Whose rights the capture triggers have. Their arguments may hold SQL of whoever created the trigger, and the types of a
-- row may bring functions of their own: none of that may run with the rights of the engine's owner. Nor need the user who
-- writes to the table be a pgque_writer. So they run as pgque_capture, a role that may what pgque_writer may, as must
-- whoever creates such a trigger.
-- An installer who may not give functions to that role, because another made it, leaves them with the rights of the user
-- who writes to the table; that one must be a pgque_writer then.
do $$
declare
  v_functions constant regprocedure[] := array(
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'pgque'::regnamespace
      and (p.proname like '\_capture%' or p.proname in ('jsontriga', 'logutriga', 'sqltriga')));
  v_function regprocedure;
begin
  begin
    if not pg_catalog.pg_has_role('pgque_capture', 'usage') then
      execute pg_catalog.format('grant pgque_capture to %I', current_user);
    end if;
    grant create on schema pgque to pgque_capture;
    foreach v_function in array v_functions loop
      execute pg_catalog.format('alter function %s owner to pgque_capture', v_function);
    end loop;
    revoke create on schema pgque from pgque_capture;
    alter function pgque.jsontriga() security definer;
    alter function pgque.logutriga() security definer;
    alter function pgque.sqltriga() security definer;
  exception when insufficient_privilege then
    raise warning 'capture triggers will need pgque_writer of the users who write to a table'
      using hint = pg_catalog.format('Install again after: grant pgque_capture to %I', current_user);
    foreach v_function in array v_functions loop
      execute pg_catalog.format('grant execute on function %s to pgque_writer', v_function);
    end loop;
  end;
end
$$;

-- migrations/migrate.sql
-- Brings the tables of an older install to what schema/ says. After the functions, because of its locks: whoever sends or
-- receives waits for them until this transaction ends. It waits for them no longer than the lock timeout, and than half of
-- the deadlock timeout: else, of two that wait for each other, the other one might be picked to fail. If they are not to
-- be had it lets go of them, lets the others through, and tries again.
do $$
declare
  -- The oldest installs have no such column.
  v_version constant integer := (
    select coalesce((pg_catalog.to_jsonb(c) ->> 'schema_version')::integer, 0) from pgque.config c);
  v_patience_ms constant double precision := 1000 * pg_catalog.date_part('epoch', least(
    nullif(pg_catalog.current_setting('lock_timeout')::interval, '0 seconds'),
    pg_catalog.current_setting('deadlock_timeout')::interval / 2));
  v_holders text;
begin
  if v_version = 3 then
    return;
  end if;
  for v_attempts_left in reverse 9 .. 0 loop
    begin
      perform pg_catalog.set_config('lock_timeout', v_patience_ms || 'ms', true);
      -- Who ticks, moves or rotates begins with one of these, and who waits there stands in nobody's way.
      perform pgque._lock_ddl(), pgque._lock_ticker(), pgque._lock_rotation(), pgque._lock_mover();
      -- Nor does who sends or receives here.
      lock table pgque.queue in access exclusive mode;
      -- Now hardly anybody is left to wait for.
      perform pg_catalog.set_config('lock_timeout', greatest(1, v_patience_ms / 20) || 'ms', true);
    -- migrations/001-version.sql
    if v_version < 1 then
alter table pgque.config add column schema_version integer not null default 0, add column upgraded_at timestamptz;
    end if;
    -- migrations/002-max-consumer-lag.sql
    if v_version < 2 then
alter table pgque.queue add column max_consumer_lag interval;
    end if;
    -- migrations/003-owed-by-of-external-ticks.sql
    if v_version < 3 then
update pgque.tick t set owed_by = array(select pg_snapshot_xip(t.snapshot))
from pgque.queue q
where q.queue_id = t.queue_id and (q.external_ticker or t.event_seq <> t.id_floor) and t.owed_by = '{}';
    end if;
    comment on table pgque.config is 'Settings of the whole install; one row';
comment on column pgque.config.tick_period_ms is 'pause between two ticks of ticker_loop(), in milliseconds';
comment on column pgque.config.log_rotation_period is 'how often the shared logs (tick, cursor, later) rotate while they are written to';
comment on column pgque.config.log_rotation_bytes is 'size of a slot from which on the tick and cursor logs rotate at once';
comment on column pgque.config.stops is 'calls of stop(): a loop that began before the last one leaves';
comment on column pgque.config.schema_version is 'how many migrations the tables have behind them';
comment on column pgque.config.upgraded_at is 'since when functions of an earlier version wait to be dropped; NULL: there are none';
comment on table pgque.queue is 'Queues and their settings';
comment on column pgque.queue.log_id is 'the partition of pgque.event that holds the events';
comment on column pgque.queue.event_seq is 'sequence of event ids';
comment on column pgque.queue.generation_seq is 'generation of the event log: appends go to slot (generation % 3)';
comment on column pgque.queue.epoch is 'the bits of the generation above 40: they count the queues that the event log has served';
comment on column pgque.queue.max_consumer_lag is 'a consumer that has had something to read for longer is moved when rotation needs the slot that it holds; NULL: never';
comment on column pgque.queue.max_retries is 'redeliveries before a message goes to the dead letters; NULL is 5';
comment on table pgque.retired_log is 'Partitions of pgque.event whose queue was dropped';
comment on type pgque.queue_setting is 'A setting of a queue: name, type, default, permitted range';
comment on table pgque.event is 'The event log: per queue, in three slots that rotate';
comment on column pgque.event.ev_txid is 'the transaction that appended this row (of a retry: the one that moved it here)';
comment on column pgque.event.ev_owner is 'the subscription that asked for this retry; NULL: for every subscription';
comment on column pgque.event.ev_retry is 'how often this event was retried; NULL: never';
comment on table pgque.latch is 'A row for the ticker to lock';
comment on table pgque.tick is 'The tick log: the boundaries of batches, in three slots that rotate';
comment on column pgque.tick.event_seq is 'the event sequence at this tick, or what an external ticker gave';
comment on column pgque.tick.owed_by is 'transactions open at this tick that may have drawn event ids before it; when one ends, a tick is due';
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
comment on table pgque.later is 'Retries and delayed sends with their due times, in three slots that rotate';
comment on column pgque.later.owner is 'the subscription that a retry belongs to; 0: a delayed send';
comment on column pgque.later.batch_id is 'the batch in which it was nacked; of one that was taken over, its first id';
comment on column pgque.subscription.consumer_name is 'of a member of a cooperative consumer: <consumer>.<member>';
comment on column pgque.subscription.parent_id is 'the cooperative consumer that this member belongs to; it keeps the position of the group';
comment on table pgque.subscription is 'Who reads which queue; the state is in pgque.cursor';
comment on table pgque.gap is 'Events that consumers were moved past, as max_consumer_lag of their queue demands';
comment on column pgque.gap.subscription_id is 'the consumer; of a member of a cooperative one that consumer';
comment on column pgque.gap.tick_id is 'the position that the consumer, or the batch of the member, had';
comment on column pgque.gap.next_tick_id is 'the position to which the consumer was moved; of a member the end of what it held';
comment on column pgque.gap.events is 'how many it will not get; above 100,000 an estimate by the event sequence';
comment on table pgque.dead_letter is 'Messages that failed more than max_retries times';
comment on type pgque.message is 'A received event; retry_count is NULL on the first delivery';
      update pgque.config set schema_version = 3;
      perform pg_catalog.set_config('lock_timeout', v_patience_ms || 'ms', true);
      exit;
    exception when lock_not_available then
      if v_attempts_left = 0 then
        select pg_catalog.string_agg(pgque._describe_session(h.pid, h.virtualtransaction), '; ') into v_holders
        from (
          select distinct l.pid, l.virtualtransaction
          from pg_catalog.pg_locks l
          join pg_catalog.pg_class c on c.oid = l.relation and c.relnamespace = 'pgque'::regnamespace
          where l.granted and l.pid is distinct from pg_catalog.pg_backend_pid()
            and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())) h;
        raise exception 'an upgrade needs locks that others hold' using
          errcode = 'lock_not_available', detail = coalesce(v_holders, 'They have let go of them by now.'),
          hint = 'Nothing was changed. Run the file again when long transactions have ended.';
      end if;
    end;
    perform pg_catalog.pg_sleep(v_patience_ms / 1000);
  end loop;
end
$$;

do $$
begin
  if exists (select from pgque._former_functions()) then
    update pgque.config set upgraded_at = pg_catalog.clock_timestamp();
  end if;
end
$$;

-- schema/initial_state.sql
-- The first states of rotation and of the mover, where they are missing.
do $$
declare
  v_mover pgque.cursor;
begin
  for v_log in 1 .. 3 loop
    if (pgque._last_state('l', v_log)).version is null then
      perform pgque._append_state(pgque._rotation_mark('l', v_log, pg_catalog.pg_sequence_last_value(
        ((array['pgque.tick_generation', 'pgque.cursor_generation', 'pgque.later_generation'])[v_log])::regclass)));
    end if;
  end loop;
  v_mover := pgque._last_state('m', 0);
  if v_mover.version is null then
    v_mover.kind := 'm';
    v_mover.subject := 0;
    v_mover.noted_at := '-infinity';
    v_mover.snapshot := pg_catalog.pg_current_snapshot();
    perform pgque._append_state(v_mover);
  end if;
end
$$;

-- schema/privileges.sql
-- Nothing is PUBLIC; readers may look at every table. What a role may call is granted beside each function.
revoke all on all routines in schema pgque from public;

-- Asked first, because rotation, which needs no lock of this, writes to the same rows of pg_class.
do $$
declare
  v_relation regclass;
begin
  for v_relation in
    select c.oid from pg_catalog.pg_class c
    where c.relnamespace = 'pgque'::regnamespace and c.relkind in ('r', 'p', 'S')
      and exists (select from pg_catalog.aclexplode(c.relacl) a where a.grantee = 0)
  loop
    execute pg_catalog.format('revoke all on %s from public', v_relation);
  end loop;
  for v_relation in
    select c.oid from pg_catalog.pg_class c
    where c.relnamespace = 'pgque'::regnamespace and c.relkind in ('r', 'p', 'S')
      and not exists (
        select from pg_catalog.aclexplode(c.relacl) a
        where a.grantee = 'pgque_reader'::regrole and a.privilege_type = 'SELECT')
  loop
    execute pg_catalog.format('grant select on %s to pgque_reader', v_relation);
  end loop;
end
$$;
