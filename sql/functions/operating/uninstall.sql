-- Removes the schema with all queues and events, and the jobs of start(). The roles stay: they belong to the whole
-- cluster, and another database may use them. For the owner of the schema only.
-- Raises out_of_memory (53200), and does nothing, when there are more tables than one transaction can lock.
create or replace function pgque.uninstall() returns void
language plpgsql volatile as $$
begin
  perform pgque.stop();
  drop schema pgque cascade;
exception when out_of_memory then
  raise exception 'too many tables for one transaction' using
    errcode = 'out_of_memory', detail = sqlerrm,
    hint = 'Nothing was changed. Run "call pgque._uninstall_in_steps()", or raise max_locks_per_transaction.';
end
$$;

comment on function pgque.uninstall() is 'Remove the schema with all queues and events; owner only';
