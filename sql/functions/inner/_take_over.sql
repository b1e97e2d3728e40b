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
