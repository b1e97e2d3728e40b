-- What an open batch covers; no row when it is unknown or no longer open. Takes no lock.
create or replace function pgque.get_batch_info(
  batch_id bigint,
  out queue_name text, out consumer_name text, out batch_start timestamptz, out batch_end timestamptz,
  out prev_tick_id bigint, out tick_id bigint, out lag interval, out seq_start bigint, out seq_end bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_generation constant bigint := pg_sequence_last_value('pgque.cursor_generation');
begin
  return query
    select q.queue_name, s.consumer_name, c.tick_time, c.next_tick_time, c.tick_id, c.next_tick_id,
      clock_timestamp() - c.next_tick_time, c.event_seq, c.next_event_seq
    from pgque.subscription s
    join pgque.queue q on q.queue_id = s.queue_id
    cross join lateral pgque._state('s', s.subscription_id) c
    where c.batch_id = get_batch_info.batch_id
      and s.subscription_id = (
        select b.subject from pgque.cursor b
        where b.slot in (v_generation % 3, (v_generation + 2) % 3) and b.batch_id = get_batch_info.batch_id limit 1);
end
$$;

comment on function pgque.get_batch_info(bigint) is 'What an open batch covers';
grant execute on function pgque.get_batch_info(bigint) to pgque_reader;
