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
