-- Raises isolation_not_supported (QU013) in REPEATABLE READ and SERIALIZABLE, where no statement sees newer commits.
create or replace function pgque._require_read_committed(function_name text) returns void
language plpgsql stable as $$
begin
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    raise exception '% needs read committed', function_name using
      errcode = 'QU013', detail = current_setting('transaction_isolation'),
      hint = 'Run it in a transaction of its own with isolation level READ COMMITTED.';
  end if;
end
$$;
