-- Removes the schema with all queues and events, and the jobs of start(). The roles stay: they belong to the whole
-- cluster, and another database may use them. For the owner of the schema only.
create or replace function pgque.uninstall() returns void
language plpgsql volatile as $$
begin
  perform pgque.stop();
  drop schema pgque cascade;
end
$$;

comment on function pgque.uninstall() is 'Remove the schema with all queues and events; owner only';
