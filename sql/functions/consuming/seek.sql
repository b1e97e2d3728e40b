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
