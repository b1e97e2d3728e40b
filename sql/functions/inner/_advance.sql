-- Advances a log to its next generation, whose slot is empty. Returns 1.
-- The mark comes before the sequence moves: transactions in REPEATABLE READ that begin after the commit see both.
create or replace function pgque._advance(kind "char", subject integer, generation_seq regclass, generation bigint)
returns integer
language plpgsql volatile as $$
begin
  perform pgque._append_state(pgque._rotation_mark(kind, subject, generation + 1));
  perform setval(generation_seq, generation + 1);
  return 1;
end
$$;
