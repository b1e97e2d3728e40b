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
