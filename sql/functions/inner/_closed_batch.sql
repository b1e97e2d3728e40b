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
