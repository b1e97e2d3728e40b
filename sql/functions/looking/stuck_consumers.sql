-- Consumers that hold up their queue: those whose batch has been open, or that have had something to read, for longer than
-- the threshold; the longest first. Where there is nothing to read nobody is stuck, however old the position.
--   reason          batch open   the batch was opened, or its member touched, before the threshold
--                   not reading  it has neither moved nor opened a batch since before the threshold
--                   behind       it moves, but what it has not acknowledged is older than the threshold
--   stuck_for       how long the batch has been open, or something has waited to be read
--   pending_events_estimate  by the event sequence, in which rolled-back sends and forced ticks leave gaps
--   holds_rotation  the slot of the event log that is to be emptied next holds something it has not passed
--   held_bytes      size of the slots that hold something it has not passed
-- Raises invalid_argument (QU005).
create or replace function pgque.stuck_consumers(
  threshold interval default '30 minutes',
  out queue_name text, out consumer_name text, out reason text, out stuck_for interval, out lag interval,
  out last_seen interval, out batch_id bigint, out pending_events_estimate bigint, out holds_rotation boolean, out held_bytes bigint)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  if threshold is null or threshold < '0 seconds' then
    raise exception 'threshold must not be negative or null' using errcode = 'QU005',
      hint = 'Pass how long a consumer may stand still.';
  end if;
  return query
    with late as materialized (
      select c.*, s as state, case
          when c.batch_age >= threshold then v_now - c.batch_age
          else pgque._readable_since(c.queue_id, s)
        end as since
      from pgque._consumers() c
      join pgque._states('s') s on s.subject = c.subscription_id
      where c.lag >= threshold and not c.is_member or c.batch_age >= threshold),
    held as materialized (
      select u.subject, sum(u.bytes)::bigint as bytes,
        bool_or(u.slot = (pg_sequence_last_value((g.queue).generation_seq) + 1) % 3) as holds_rotation
      from (
        select q as queue, array_agg(l.state) as states
        from late l join pgque.queue q on q.queue_id = l.queue_id
        where v_now - l.since >= threshold group by q.queue_id) g
      cross join lateral pgque._unpassed_slots(g.queue, g.states) u
      group by u.subject)
    select l.queue_name, l.consumer_name,
      case when l.batch_age >= threshold then 'batch open' when l.last_seen >= threshold then 'not reading' else 'behind' end,
      v_now - l.since, l.lag, l.last_seen, l.batch_id, l.pending_events_estimate,
      coalesce(h.holds_rotation, false), coalesce(h.bytes, 0)
    from late l
    left join held h on h.subject = l.subscription_id
    -- Without a row in the log, what moved the sequence was a gap: there is nothing to read.
    where v_now - l.since >= threshold and (l.batch_age >= threshold or h.subject is not null)
    order by l.since, l.queue_name, l.consumer_name;
end
$$;

comment on function pgque.stuck_consumers(interval) is 'Consumers that hold up their queue, and what they hold';
grant execute on function pgque.stuck_consumers(interval) to pgque_reader;
