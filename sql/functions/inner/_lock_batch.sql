-- Locks the subscription that has this batch open and returns its state; all NULL when the batch is unknown or closed.
create or replace function pgque._lock_batch(batch_id bigint) returns pgque.cursor
language plpgsql volatile as $$
declare
  v_generation bigint;
  v_subscription_id integer;
  v_state pgque.cursor;
begin
  loop
    v_generation := pg_sequence_last_value('pgque.cursor_generation');
    select c.subject into v_subscription_id
    from pgque.cursor c
    where c.slot in (v_generation % 3, (v_generation + 2) % 3) and c.batch_id = _lock_batch.batch_id
    limit 1;
    exit when pg_sequence_last_value('pgque.cursor_generation') = v_generation;
  end loop;

  perform from pgque.subscription s where s.subscription_id = v_subscription_id for no key update;
  if found then
    v_state := pgque._state('s', v_subscription_id);
    if v_state.batch_id = _lock_batch.batch_id then
      return v_state;
    end if;
  end if;
  return null;
end
$$;
