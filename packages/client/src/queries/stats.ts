import type { HealthFinding, Metric } from '../health.ts';
import type { ConsumerStats, OpenBatch, QueueStats, StuckConsumer, ThroughputBucket } from '../stats.ts';
import {
  toBigint,
  toBigintOrNull,
  toBoolean,
  toDate,
  toNumber,
  toNumberOrNull,
  toText,
  toTextOrNull,
} from './decode.ts';
import { toInterval } from './encode.ts';
import { each, type Statement } from './statement.ts';

export function queueStats(queue: string | null): Statement<QueueStats[]> {
  return {
    text: `
      select q.queue_name, q.last_tick_id, (extract(epoch from q.ticker_lag) * 1000)::float8 as ticker_lag,
        q.events_per_second, q.unticked_events_estimate, q.consumers, q.slowest_consumer,
        (extract(epoch from q.slowest_lag) * 1000)::float8 as slowest_lag, q.pending_events_estimate,
        q.retries_pending, q.delayed_pending, q.dead_letters,
        (extract(epoch from q.rotation_age) * 1000)::float8 as rotation_age, q.bytes
      from pgque.queue_stats($1::text) q`,
    values: [queue],
    read: each((row) => ({
      queue: toText(row['queue_name']),
      lastTickId: toBigint(row['last_tick_id']),
      tickerLagMs: toNumber(row['ticker_lag']),
      eventsPerSecond: toNumberOrNull(row['events_per_second']),
      untickedEventsEstimate: toNumber(row['unticked_events_estimate']),
      consumers: toNumber(row['consumers']),
      slowestConsumer: toTextOrNull(row['slowest_consumer']),
      slowestLagMs: toNumberOrNull(row['slowest_lag']),
      pendingEventsEstimate: toNumberOrNull(row['pending_events_estimate']),
      retriesPending: toNumber(row['retries_pending']),
      delayedPending: toNumber(row['delayed_pending']),
      deadLetters: toNumber(row['dead_letters']),
      rotationAgeMs: toNumber(row['rotation_age']),
      bytes: toNumber(row['bytes']),
    })),
  };
}

export function consumerStats(queue: string | null): Statement<ConsumerStats[]> {
  return {
    text: `
      select c.queue_name, c.consumer_name, (extract(epoch from c.lag) * 1000)::float8 as lag,
        (extract(epoch from c.last_seen) * 1000)::float8 as last_seen, c.last_tick_id, c.batch_id,
        (extract(epoch from c.batch_age) * 1000)::float8 as batch_age, c.pending_events_estimate,
        c.retries_pending, c.dead_letters
      from pgque.consumer_stats($1::text) c`,
    values: [queue],
    read: each((row) => ({
      queue: toText(row['queue_name']),
      consumer: toText(row['consumer_name']),
      lagMs: toNumber(row['lag']),
      lastSeenMs: toNumberOrNull(row['last_seen']),
      lastTickId: toBigintOrNull(row['last_tick_id']),
      batchId: toBigintOrNull(row['batch_id']),
      batchAgeMs: toNumberOrNull(row['batch_age']),
      pendingEventsEstimate: toNumber(row['pending_events_estimate']),
      retriesPending: toNumber(row['retries_pending']),
      deadLetters: toNumber(row['dead_letters']),
    })),
  };
}

export function inFlight(queue: string | null): Statement<OpenBatch[]> {
  return {
    text: `
      select b.queue_name, b.consumer_name, b.batch_id, (extract(epoch from b.opened_at) * 1000)::float8 as opened_at,
        (extract(epoch from b.age) * 1000)::float8 as age, b.prev_tick_id, b.tick_id, b.events
      from pgque.in_flight($1::text) b`,
    values: [queue],
    read: each((row) => ({
      queue: toText(row['queue_name']),
      consumer: toText(row['consumer_name']),
      batchId: toBigint(row['batch_id']),
      openedAt: toDate(row['opened_at']),
      ageMs: toNumber(row['age']),
      previousTickId: toBigint(row['prev_tick_id']),
      tickId: toBigint(row['tick_id']),
      events: toNumber(row['events']),
    })),
  };
}

export function stuckConsumers(thresholdMs: number): Statement<StuckConsumer[]> {
  return {
    text: `
      select c.queue_name, c.consumer_name, c.reason, (extract(epoch from c.stuck_for) * 1000)::float8 as stuck_for,
        (extract(epoch from c.lag) * 1000)::float8 as lag, (extract(epoch from c.last_seen) * 1000)::float8 as last_seen,
        c.batch_id, c.pending_events_estimate, c.holds_rotation, c.held_bytes
      from pgque.stuck_consumers($1::interval) c`,
    values: [toInterval(thresholdMs, 'thresholdMs')],
    read: each((row) => ({
      queue: toText(row['queue_name']),
      consumer: toText(row['consumer_name']),
      reason: toText(row['reason']) as StuckConsumer['reason'],
      stuckForMs: toNumber(row['stuck_for']),
      lagMs: toNumber(row['lag']),
      lastSeenMs: toNumber(row['last_seen']),
      batchId: toBigintOrNull(row['batch_id']),
      pendingEventsEstimate: toNumber(row['pending_events_estimate']),
      holdsRotation: toBoolean(row['holds_rotation']),
      heldBytes: toNumber(row['held_bytes']),
    })),
  };
}

export function throughput(queue: string, periodMs: number, bucketMs: number): Statement<ThroughputBucket[]> {
  return {
    text: `
      select (extract(epoch from t.bucket_start) * 1000)::float8 as bucket_start, t.events_estimate, t.events_per_second
      from pgque.throughput($1::text, $2::interval, $3::interval) t`,
    values: [queue, toInterval(periodMs, 'periodMs'), toInterval(bucketMs, 'bucketMs')],
    read: each((row) => ({
      start: toDate(row['bucket_start']),
      eventsEstimate: toNumberOrNull(row['events_estimate']),
      eventsPerSecond: toNumberOrNull(row['events_per_second']),
    })),
  };
}

/** Labels travel as text, whatever the driver makes of jsonb. */
export function metrics(): Statement<Metric[]> {
  return {
    text: 'select m.name, m.type, m.value, m.labels::text as labels from pgque.metrics() m',
    values: [],
    read: each((row) => ({
      name: toText(row['name']),
      type: toText(row['type']) as Metric['type'],
      value: toNumber(row['value']),
      labels: JSON.parse(toText(row['labels'])) as Metric['labels'],
    })),
  };
}

export function health(): Statement<HealthFinding[]> {
  return {
    text: 'select h.check_name, h.status, h.queue_name, h.detail, h.hint from pgque.health() h',
    values: [],
    read: each((row) => ({
      check: toText(row['check_name']),
      status: toText(row['status']) as HealthFinding['status'],
      queue: toTextOrNull(row['queue_name']),
      detail: toText(row['detail']),
      hint: toTextOrNull(row['hint']),
    })),
  };
}
