-- When messages nacked now are due, from their delays; a missing or NULL delay is 60 seconds.
-- Raises invalid_argument (QU005) for a list of another length than msg_ids, and for an infinite delay.
create or replace function pgque._due_ats(
  msg_ids bigint[], retry_afters interval[], reasons text[], dead boolean[] default null) returns timestamptz[]
language plpgsql volatile as $$
declare
  v_due_ats timestamptz[];
begin
  if msg_ids is null
    or cardinality(retry_afters) <> cardinality(msg_ids) or cardinality(reasons) <> cardinality(msg_ids)
    or cardinality(dead) <> cardinality(msg_ids) then
    raise exception 'retry_afters, reasons and dead must be as long as msg_ids' using errcode = 'QU005',
      detail = format('%s msg_ids, %s retry_afters, %s reasons, %s dead',
        cardinality(msg_ids), cardinality(retry_afters), cardinality(reasons), cardinality(dead)),
      hint = 'Pass one delay, one reason and one true or false for each message, or NULL in place of the whole list.';
  end if;
  select array_agg(clock_timestamp() + coalesce(a.retry_after, '60 seconds') order by a.position) into v_due_ats
  from unnest(msg_ids, retry_afters) with ordinality a (msg_id, retry_after, position);
  if exists (select from unnest(v_due_ats) d where not isfinite(d)) then
    raise exception 'retry_after must be finite' using errcode = 'QU005',
      hint = 'A message that must not come back belongs to the dead letters.';
  end if;
  return v_due_ats;
end
$$;
