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
