import type { DeadLetter, ReplayResult } from '../dead-letter.ts';
import type { Row } from '../executor/executor.ts';
import { toBigint, toDate, toNumber, toNumberOrNull, toPayload, toTextOrNull } from './decode.ts';
import { toInterval } from './encode.ts';
import { each, type Statement, single } from './statement.ts';

export function inspect(queue: string, limit: number): Statement<DeadLetter[]> {
  return {
    text: `
      select d.dl_id, (extract(epoch from d.dl_time) * 1000)::float8 as dl_time, d.dl_reason, d.consumer_name,
        d.ev_id, (extract(epoch from d.ev_time) * 1000)::float8 as ev_time, d.ev_retry, d.ev_type, d.ev_data,
        d.ev_extra1, d.ev_extra2, d.ev_extra3, d.ev_extra4
      from pgque.dlq_inspect($1::text, $2::integer) d`,
    values: [queue, String(limit)],
    read: each(toDeadLetter),
  };
}

function toDeadLetter(row: Row): DeadLetter {
  return {
    deadLetterId: toBigint(row['dl_id']),
    diedAt: toDate(row['dl_time']),
    reason: toTextOrNull(row['dl_reason']),
    consumer: toTextOrNull(row['consumer_name']),
    msgId: toBigint(row['ev_id']),
    createdAt: toDate(row['ev_time']),
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

export function replay(deadLetterId: bigint): Statement<bigint> {
  return {
    text: 'select pgque.dlq_replay($1::bigint) as result',
    values: [String(deadLetterId)],
    read: single(toBigint),
  };
}

export function replayAll(queue: string): Statement<ReplayResult> {
  return {
    text: 'select replayed, failed, first_error from pgque.dlq_replay_all($1::text)',
    values: [queue],
    read: ([row = {}]) => ({
      replayed: toNumber(row['replayed']),
      failed: toNumber(row['failed']),
      firstError: toTextOrNull(row['first_error']),
    }),
  };
}

/** Without an age, the default of the engine. */
export function purge(queue: string, olderThanMs: number | undefined): Statement<number> {
  if (olderThanMs === undefined) {
    return { text: 'select pgque.dlq_purge($1::text) as result', values: [queue], read: single(toNumber) };
  }
  return {
    text: 'select pgque.dlq_purge($1::text, $2::interval) as result',
    values: [queue, toInterval(olderThanMs, 'olderThanMs')],
    read: single(toNumber),
  };
}
