-- Tries to lock a slot; false when that takes longer than 50 ms. Nobody who arrives behind this lock waits longer.
create or replace function pgque._lock_slot(slot regclass, is_exclusive boolean) returns boolean
language plpgsql volatile set lock_timeout = '50ms' as $$
begin
  -- Dynamic, because the slot is a table that belongs to one queue or log.
  execute format('lock table only %s in %s mode', slot,
    case when is_exclusive then 'access exclusive' else 'share' end);
  return true;
exception when lock_not_available or deadlock_detected then
  return false;
end
$$;
