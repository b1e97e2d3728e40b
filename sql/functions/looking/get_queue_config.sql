-- The settings of a queue as JSON, under the names that set_queue_config() takes; max_retries is the effective one.
-- Raises queue_not_found (QU001).
create or replace function pgque.get_queue_config(queue text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set intervalstyle = 'postgres' as $$
declare
  v_queue constant pgque.queue := pgque._find_queue(queue);
  v_row constant jsonb := to_jsonb(v_queue);
begin
  return (select jsonb_object_agg(s.name, v_row -> s.name) from pgque._queue_settings() s)
    || jsonb_build_object('max_retries', pgque._max_retries(v_queue));
end
$$;

comment on function pgque.get_queue_config(text) is 'The settings of a queue as JSON';
grant execute on function pgque.get_queue_config(text) to pgque_reader;
