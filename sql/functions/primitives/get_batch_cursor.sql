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
