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
