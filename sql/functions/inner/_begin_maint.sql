-- True when this transaction may rotate: nobody else is rotating, and it has not rotated before.
-- Raises isolation_not_supported (QU013).
create or replace function pgque._begin_maint(function_name text) returns boolean
language plpgsql volatile as $$
begin
  perform pgque._require_read_committed(function_name);
  if current_setting('pgque.maint_ran', true) = 'yes' or not pg_try_advisory_xact_lock(7170, 4) then
    return false;
  end if;
  perform set_config('pgque.maint_ran', 'yes', true);
  return true;
end
$$;
