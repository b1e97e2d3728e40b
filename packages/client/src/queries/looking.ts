import type { BatchInfo } from '../batch.ts';
import type { Row } from '../executor/executor.ts';
import type { ComponentStatus, ConsumerInfo, QueueInfo } from '../queue-info.ts';
import { toBigint, toBigintOrNull, toBoolean, toDate, toNumber, toNumberOrNull, toText } from './decode.ts';
import { each, type Statement, single } from './statement.ts';

export function getQueueInfo(queue: string | null): Statement<QueueInfo[]> {
  return {
    text: `
      select q.queue_name, q.queue_ntables, q.queue_cur_table,
        (extract(epoch from q.queue_rotation_period) * 1000)::float8 as queue_rotation_period,
        (extract(epoch from q.queue_switch_time) * 1000)::float8 as queue_switch_time,
        q.queue_external_ticker, q.queue_ticker_paused, q.queue_ticker_max_count,
        (extract(epoch from q.queue_ticker_max_lag) * 1000)::float8 as queue_ticker_max_lag,
        (extract(epoch from q.queue_ticker_idle_period) * 1000)::float8 as queue_ticker_idle_period,
        (extract(epoch from q.ticker_lag) * 1000)::float8 as ticker_lag, q.ev_per_sec, q.ev_new, q.last_tick_id
      from pgque.get_queue_info($1::text) q`,
    values: [queue],
    read: each(toQueueInfo),
  };
}

function toQueueInfo(row: Row): QueueInfo {
  return {
    queue: toText(row['queue_name']),
    tableCount: toNumber(row['queue_ntables']),
    currentTable: toNumber(row['queue_cur_table']),
    rotationPeriodMs: toNumber(row['queue_rotation_period']),
    switchTime: toDate(row['queue_switch_time']),
    externalTicker: toBoolean(row['queue_external_ticker']),
    tickerPaused: toBoolean(row['queue_ticker_paused']),
    tickerMaxCount: toNumber(row['queue_ticker_max_count']),
    tickerMaxLagMs: toNumber(row['queue_ticker_max_lag']),
    tickerIdlePeriodMs: toNumber(row['queue_ticker_idle_period']),
    tickerLagMs: toNumber(row['ticker_lag']),
    eventsPerSecond: toNumberOrNull(row['ev_per_sec']),
    newEvents: toNumber(row['ev_new']),
    lastTickId: toBigint(row['last_tick_id']),
  };
}

export function getConsumerInfo(queue: string | null, consumer: string | null): Statement<ConsumerInfo[]> {
  return {
    text: `
      select c.queue_name, c.consumer_name, (extract(epoch from c.lag) * 1000)::float8 as lag,
        (extract(epoch from c.last_seen) * 1000)::float8 as last_seen,
        c.last_tick, c.current_batch, c.next_tick, c.pending_events
      from pgque.get_consumer_info($1::text, $2::text) c`,
    values: [queue, consumer],
    read: each(toConsumerInfo),
  };
}

function toConsumerInfo(row: Row): ConsumerInfo {
  return {
    queue: toText(row['queue_name']),
    consumer: toText(row['consumer_name']),
    lagMs: toNumberOrNull(row['lag']),
    lastSeenMs: toNumberOrNull(row['last_seen']),
    lastTickId: toBigintOrNull(row['last_tick']),
    currentBatchId: toBigintOrNull(row['current_batch']),
    nextTickId: toBigintOrNull(row['next_tick']),
    pendingEvents: toNumber(row['pending_events']),
  };
}

export function getBatchInfo(batchId: bigint): Statement<BatchInfo | null> {
  return {
    text: `
      select b.queue_name, b.consumer_name, (extract(epoch from b.batch_start) * 1000)::float8 as batch_start,
        (extract(epoch from b.batch_end) * 1000)::float8 as batch_end, b.prev_tick_id, b.tick_id,
        (extract(epoch from b.lag) * 1000)::float8 as lag, b.seq_start, b.seq_end
      from pgque.get_batch_info($1::bigint) b`,
    values: [String(batchId)],
    read: ([row]) => (row === undefined ? null : toBatchInfo(row)),
  };
}

function toBatchInfo(row: Row): BatchInfo {
  return {
    queue: toText(row['queue_name']),
    consumer: toText(row['consumer_name']),
    batchStart: toDate(row['batch_start']),
    batchEnd: toDate(row['batch_end']),
    previousTickId: toBigint(row['prev_tick_id']),
    tickId: toBigint(row['tick_id']),
    lagMs: toNumber(row['lag']),
    seqStart: toBigint(row['seq_start']),
    seqEnd: toBigint(row['seq_end']),
  };
}

export function status(): Statement<ComponentStatus[]> {
  return {
    text: 'select component, status, detail from pgque.status()',
    values: [],
    read: each((row) => ({
      component: toText(row['component']),
      status: toText(row['status']),
      detail: toText(row['detail']),
    })),
  };
}

export function version(): Statement<string> {
  return { text: 'select pgque.version() as result', values: [], read: single(toText) };
}
