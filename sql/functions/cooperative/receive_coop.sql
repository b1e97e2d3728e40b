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
