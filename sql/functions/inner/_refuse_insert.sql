-- Says why a queue takes no events: queue_not_found (QU001) or insert_disallowed (QU007). Never returns.
create or replace function pgque._refuse_insert(queue_name text) returns void
language plpgsql volatile as $$
begin
  if (pgque._find_queue(queue_name)).disable_insert then
    raise exception 'Insert into queue disallowed: %', queue_name using
      errcode = 'QU007', detail = queue_name,
      hint = 'The setting disable_insert of the queue is on; see pgque.set_queue_config().';
  end if;
  raise exception 'queue % changed meanwhile', queue_name using
    errcode = 'serialization_failure', hint = 'Run the transaction again.';
end
$$;
