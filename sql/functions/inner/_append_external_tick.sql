-- Appends a tick with a snapshot taken now and notifies the queue's channel.
create or replace function pgque._append_external_tick(
  queue pgque.queue, tick_id bigint, tick_time timestamptz, event_seq bigint, id_floor bigint) returns void
language plpgsql volatile as $$
declare
  v_snapshot constant pg_snapshot := pgque._boundary();
begin
  perform pgque._append_tick(queue.queue_id, tick_id, tick_time, v_snapshot, event_seq, id_floor,
    coalesce(pg_sequence_last_value(queue.event_seq), 0), array(select pg_snapshot_xip(v_snapshot)));
  perform pg_notify('pgque_' || queue.queue_name, tick_id::text);
end
$$;
