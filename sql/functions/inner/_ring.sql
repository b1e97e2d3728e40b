-- Wakes the ticker when the transaction commits, if one sleeps, and says which queue has something new: see pgque.tick_pending().
create or replace function pgque._ring(queue_name text default '') returns void
language plpgsql volatile as $$
begin
  if pg_sequence_last_value('pgque.doorbell') > 0
    and pg_sequence_last_value('pgque.doorbell') > extract(epoch from clock_timestamp()) then
    perform pg_notify('pgque:doorbell', queue_name);
  end if;
end
$$;
