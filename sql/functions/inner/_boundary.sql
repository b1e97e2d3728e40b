-- The snapshot for a tick, taken now. The caller has read the event sequences before: see pgque.tick.
create or replace function pgque._boundary() returns pg_snapshot
language plpgsql volatile as $$
begin
  -- Every transaction id assigned before this point must be below the xmax of the snapshot: then a running transaction
  -- that it does not list got its id after the sequences were read. By itself a snapshot does not say so: its xmax is one
  -- above the last id that was completed, not the last that was assigned. A subtransaction that has an id, from
  -- locking a row, and is rolled back counts as completed.
  begin
    perform from pgque.latch for no key update;
    raise exception using errcode = 'QUTIC', message = 'rolled back', hint = 'Never seen by a caller.';
  exception when sqlstate 'QUTIC' then
    null;
  end;
  return (select pgque._with_own_xid(pg_current_snapshot()));
end
$$;
