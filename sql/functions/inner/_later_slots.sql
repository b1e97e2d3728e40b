-- The slots of the later log that are read, as a table for dynamic SQL. With the slots named, and not chosen by a condition
-- on their number, only the indexes on due_at and txid are left to choose from, whatever the statistics say or said:
-- a million messages that wait for a month are not looked at.
create or replace function pgque._later_slots(generation bigint) returns text
language plpgsql immutable as $$
begin
  return format('(select * from pgque.%I union all select * from pgque.%I)',
    'later_' || generation % 3, 'later_' || (generation + 2) % 3);
end
$$;
