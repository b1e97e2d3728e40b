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
