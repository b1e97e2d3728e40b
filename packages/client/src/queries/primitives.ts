import type { BatchConditions, BatchEvent, BatchWindow } from '../batch.ts';
import type { Row } from '../executor/executor.ts';
import { toBigint, toBigintOrNull, toDate, toNumber, toNumberOrNull, toPayload, toTextOrNull } from './decode.ts';
import { toIntervalOrNull, toReasonOrNull, toTimestamp } from './encode.ts';
import { each, type Statement, single } from './statement.ts';

export function nextBatch(queue: string, consumer: string): Statement<bigint | null> {
  return {
    text: 'select pgque.next_batch($1::text, $2::text) as result',
    values: [queue, consumer],
    read: single(toBigintOrNull),
  };
}

export const windowColumns = `
  b.batch_id, b.cur_tick_id, b.prev_tick_id,
  (extract(epoch from b.cur_tick_time) * 1000)::float8 as cur_tick_time,
  (extract(epoch from b.prev_tick_time) * 1000)::float8 as prev_tick_time, b.cur_tick_event_seq, b.prev_tick_event_seq`;

export function nextBatchInfo(queue: string, consumer: string): Statement<BatchWindow | null> {
  return {
    text: `select ${windowColumns} from pgque.next_batch_info($1::text, $2::text) b`,
    values: [queue, consumer],
    read: toBatchWindow,
  };
}

export function nextBatchCustom(
  queue: string,
  consumer: string,
  { minLagMs, minCount, minIntervalMs }: BatchConditions,
): Statement<BatchWindow | null> {
  return {
    text: `
      select ${windowColumns}
      from pgque.next_batch_custom($1::text, $2::text, $3::interval, $4::integer, $5::interval) b`,
    values: [
      queue,
      consumer,
      toIntervalOrNull(minLagMs, 'minLagMs'),
      minCount === undefined ? null : String(minCount),
      toIntervalOrNull(minIntervalMs, 'minIntervalMs'),
    ],
    read: toBatchWindow,
  };
}

/** Without a batch the function answers one row of NULLs. */
export function toBatchWindow([row]: readonly Row[]): BatchWindow | null {
  const batchId = toBigintOrNull(row?.['batch_id']);
  if (row === undefined || batchId === null) return null;
  return {
    batchId,
    tickId: toBigint(row['cur_tick_id']),
    previousTickId: toBigint(row['prev_tick_id']),
    tickTime: toDate(row['cur_tick_time']),
    previousTickTime: toDate(row['prev_tick_time']),
    tickEventSeq: toBigint(row['cur_tick_event_seq']),
    previousTickEventSeq: toBigint(row['prev_tick_event_seq']),
  };
}

const eventColumns = `
  e.ev_id, (extract(epoch from e.ev_time) * 1000)::float8 as ev_time, e.ev_txid, e.ev_retry, e.ev_type, e.ev_data,
  e.ev_extra1, e.ev_extra2, e.ev_extra3, e.ev_extra4`;

export function getBatchEvents(batchId: bigint): Statement<BatchEvent[]> {
  return {
    text: `select ${eventColumns} from pgque.get_batch_events($1::bigint) e`,
    values: [String(batchId)],
    read: each(toBatchEvent),
  };
}

export function getBatchCursor(
  batchId: bigint,
  cursorName: string,
  quickLimit: number,
  extraWhere: string | null,
): Statement<BatchEvent[]> {
  return {
    text: `select ${eventColumns} from pgque.get_batch_cursor($1::bigint, $2::text, $3::integer, $4::text) e`,
    values: [String(batchId), cursorName, String(quickLimit), extraWhere],
    read: each(toBatchEvent),
  };
}

function toBatchEvent(row: Row): BatchEvent {
  return {
    eventId: toBigint(row['ev_id']),
    createdAt: toDate(row['ev_time']),
    transactionId: toBigint(row['ev_txid']),
    retryCount: toNumberOrNull(row['ev_retry']),
    type: toTextOrNull(row['ev_type']),
    payload: toPayload(row['ev_data']),
    rawPayload: toTextOrNull(row['ev_data']),
    extra1: toTextOrNull(row['ev_extra1']),
    extra2: toTextOrNull(row['ev_extra2']),
    extra3: toTextOrNull(row['ev_extra3']),
    extra4: toTextOrNull(row['ev_extra4']),
  };
}

export function finishBatch(batchId: bigint): Statement<number> {
  return { text: 'select pgque.finish_batch($1::bigint) as result', values: [String(batchId)], read: single(toNumber) };
}

export function eventRetryAt(batchId: bigint, eventId: bigint, retryAt: Date): Statement<number> {
  return {
    text: 'select pgque.event_retry($1::bigint, $2::bigint, $3::timestamptz) as result',
    values: [String(batchId), String(eventId), toTimestamp(retryAt, 'retryAt')],
    read: single(toNumber),
  };
}

export function eventRetry(batchId: bigint, eventId: bigint, retryAfterSeconds: number): Statement<number> {
  return {
    text: 'select pgque.event_retry($1::bigint, $2::bigint, $3::integer) as result',
    values: [String(batchId), String(eventId), String(retryAfterSeconds)],
    read: single(toNumber),
  };
}

export function batchRetry(batchId: bigint, retryAfterSeconds: number): Statement<number> {
  return {
    text: 'select pgque.batch_retry($1::bigint, $2::integer) as result',
    values: [String(batchId), String(retryAfterSeconds)],
    read: single(toNumber),
  };
}

export function eventDead(batchId: bigint, eventId: bigint, reason: string | null): Statement<number> {
  return {
    text: 'select pgque.event_dead($1::bigint, $2::bigint, $3::text) as result',
    values: [String(batchId), String(eventId), toReasonOrNull(reason)],
    read: single(toNumber),
  };
}
