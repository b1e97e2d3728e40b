-- Sends a dead letter to its queue again, as a new event for every subscription, and removes the entry. Returns the new
-- event id. Two sessions never replay one entry twice: the second waits, and raises dead_letter_not_found (QU009).
create or replace function pgque.dlq_replay(dead_letter_id bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_dead pgque.dead_letter;
begin
  delete from pgque.dead_letter d where d.dl_id = dead_letter_id returning d.* into v_dead;
  if not found then
    raise exception 'dead letter entry not found: %', coalesce(dead_letter_id::text, 'NULL') using
      errcode = 'QU009', detail = coalesce(dead_letter_id::text, 'NULL'),
      hint = 'It may have been replayed or purged; see pgque.dlq_inspect().';
  end if;
  return pgque.insert_event((select q.queue_name from pgque.queue q where q.queue_id = v_dead.queue_id),
    v_dead.ev_type, v_dead.ev_data, v_dead.ev_extra1, v_dead.ev_extra2, v_dead.ev_extra3, v_dead.ev_extra4);
end
$$;

-- Replays all dead letters of a queue, the oldest first. One that fails stays and does not stop the rest; entries that
-- another session is replaying are left to it. Raises queue_not_found (QU001).
create or replace function pgque.dlq_replay_all(queue_name text, out replayed bigint, out failed bigint, out first_error text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue_id constant integer := (pgque._find_queue(queue_name)).queue_id;
  v_dl_id bigint;
begin
  replayed := 0;
  failed := 0;
  for v_dl_id in
    select d.dl_id from pgque.dead_letter d where d.queue_id = v_queue_id order by d.dl_id for update skip locked
  loop
    begin
      perform pgque.dlq_replay(v_dl_id);
      replayed := replayed + 1;
    exception when others then
      failed := failed + 1;
      first_error := coalesce(first_error, sqlerrm);
    end;
  end loop;
end
$$;

comment on function pgque.dlq_replay(bigint) is 'Send a dead letter to its queue again; returns the new event id';
comment on function pgque.dlq_replay_all(text) is 'Send all dead letters of a queue again';
grant execute on function pgque.dlq_replay(bigint), pgque.dlq_replay_all(text) to pgque_writer;
