-- Events per bucket over the last period, from the ticks that are still held; the newest bucket ends now. Goes by the event
-- sequence, in which rolled-back sends and forced ticks leave gaps, and spreads what lies between two ticks evenly.
-- NULL where no tick is held any more. Raises queue_not_found (QU001), invalid_argument (QU005).
create or replace function pgque.throughput(
  queue text, period interval default '1 hour', bucket interval default '1 minute',
  out bucket_start timestamptz, out events_estimate bigint, out events_per_second double precision)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_queue constant pgque.queue := pgque._find_queue(queue);
  v_seconds constant double precision := date_part('epoch', bucket);
  v_buckets constant double precision := ceil(date_part('epoch', period) / nullif(v_seconds, 0));
  v_now constant timestamptz := clock_timestamp();
  v_generation bigint;
begin
  if not coalesce(v_seconds > 0 and v_buckets between 1 and 10000, false) then
    raise exception 'period must have between 1 and 10000 buckets' using errcode = 'QU005',
      detail = concat_ws(', ', period, bucket), hint = 'Pass positive intervals, for example ''1 hour'' and ''1 minute''.';
  end if;
  lock table pgque.tick in access share mode;
  v_generation := pg_sequence_last_value('pgque.tick_generation');
  return query
    with tick as (
      select t.tick_time as at, t.event_seq::numeric as seq
      from pgque.tick t
      where t.slot in (v_generation % 3, (v_generation + 2) % 3) and t.queue_id = v_queue.queue_id
      union all
      -- An external ticker counts in units of its own.
      select v_now, coalesce(pg_sequence_last_value(v_queue.event_seq), 0) where not v_queue.external_ticker),
    edge as (
      select v_now - (v_buckets - i) * v_seconds * interval '1 second' as at, null::numeric as seq
      from generate_series(0, v_buckets::integer) i),
    -- The sequence at an edge lies between that of the tick before it and that of the tick after it.
    bounded as (
      select a.at, a.seq,
        max(a.seq) over before as seq_before, max(a.at) filter (where a.seq is not null) over before as before_at,
        min(a.seq) over after as seq_after, min(a.at) filter (where a.seq is not null) over after as after_at
      from (select * from tick union all select * from edge) a
      window before as (order by a.at, a.seq nulls last),
        after as (order by a.at, a.seq nulls last rows between current row and unbounded following)),
    level as (
      select b.at, case
          when b.after_at is null or b.after_at <= b.before_at then b.seq_before
          else b.seq_before + (b.seq_after - b.seq_before)
            * (date_part('epoch', b.at - b.before_at) / date_part('epoch', b.after_at - b.before_at))::numeric
        end as seq
      from bounded b where b.seq is null)
    select b.at, b.events::bigint, (b.events / v_seconds)::double precision
    from (
      select l.at, round(lead(l.seq) over (order by l.at)) - round(l.seq) as events, lead(l.at) over (order by l.at) as ends_at
      from level l) b
    where b.ends_at is not null
    order by b.at;
end
$$;

comment on function pgque.throughput(text, interval, interval) is 'Events per bucket over the last period, from the ticks';
grant execute on function pgque.throughput(text, interval, interval) to pgque_reader;
