import type { Row } from '../executor/executor.ts';
import type { PendingTicks } from '../pending-ticks.ts';
import { toBigint, toBigintOrNull, toBigints, toBoolean, toNumber, toNumberOrNull, toText } from './decode.ts';
import { toInteger, toInterval, toTimestamp } from './encode.ts';
import { type Statement, single } from './statement.ts';

export function dropQueue(queue: string, force: boolean): Statement<number> {
  return {
    text: 'select pgque.drop_queue($1::text, $2::text::boolean) as result',
    values: [queue, String(force)],
    read: single(toNumber),
  };
}

export function pauseQueue(queue: string): Statement<number> {
  return { text: 'select pgque.pause_queue($1::text) as result', values: [queue], read: single(toNumber) };
}

export function resumeQueue(queue: string): Statement<number> {
  return { text: 'select pgque.resume_queue($1::text) as result', values: [queue], read: single(toNumber) };
}

export function ticker(): Statement<number> {
  return { text: 'select pgque.ticker() as result', values: [], read: single(toNumber) };
}

export function tick(queue: string): Statement<bigint | null> {
  return { text: 'select pgque.ticker($1::text) as result', values: [queue], read: single(toBigintOrNull) };
}

export function externalTick(queue: string, tickId: bigint, timestamp: Date, eventSeq: bigint): Statement<bigint> {
  return {
    text: 'select pgque.ticker($1::text, $2::bigint, $3::timestamptz, $4::bigint) as result',
    values: [queue, String(tickId), toTimestamp(timestamp, 'timestamp'), String(eventSeq)],
    read: single(toBigint),
  };
}

export function tickPending(sleepSeconds: number): Statement<PendingTicks> {
  return {
    text: `
      select t.ticked, t.is_owed, t.is_doorbell,
        (extract(epoch from t.next_due_at - clock_timestamp()) * 1000)::float8 as next_due_in_ms,
        to_json(t.queue_names)::text as queue_names, t.tick_ids::text as tick_ids
      from pgque.tick_pending($1::integer) t`,
    values: [toInteger(sleepSeconds, 'sleepSeconds')],
    read: ([row = {}]) => ({
      ticked: toNumber(row['ticked']),
      isOwed: toBoolean(row['is_owed']),
      isDoorbell: toBoolean(row['is_doorbell']),
      nextDueInMs: toNumberOrNull(row['next_due_in_ms']),
      ticks: toTicks(row),
    }),
  };
}

function toTicks(row: Row): PendingTicks['ticks'] {
  if (row['queue_names'] === null || row['queue_names'] === undefined) return [];
  const queues: string[] = JSON.parse(toText(row['queue_names']));
  const tickIds = toBigints(row['tick_ids']);
  return queues.map((queue, index) => ({ queue, tickId: tickIds[index] ?? 0n }));
}

export function leadTicker(): Statement<boolean> {
  return { text: 'select pgque.lead_ticker() as result', values: [], read: single(toBoolean) };
}

export function forceNextTick(queue: string): Statement<bigint> {
  return { text: 'select pgque.force_next_tick($1::text) as result', values: [queue], read: single(toBigint) };
}

export function forceTick(queue: string): Statement<bigint> {
  return { text: 'select pgque.force_tick($1::text) as result', values: [queue], read: single(toBigint) };
}

export function maint(): Statement<number> {
  return { text: 'select pgque.maint() as result', values: [], read: single(toNumber) };
}

export function maintDeliverDelayed(): Statement<number> {
  return { text: 'select pgque.maint_deliver_delayed() as result', values: [], read: single(toNumber) };
}

export function maintRetryEvents(): Statement<number> {
  return { text: 'select pgque.maint_retry_events() as result', values: [], read: single(toNumber) };
}

export function maintRotateTablesStep1(queue: string): Statement<number> {
  return {
    text: 'select pgque.maint_rotate_tables_step1($1::text) as result',
    values: [queue],
    read: single(toNumber),
  };
}

export function maintRotateTablesStep2(): Statement<number> {
  return { text: 'select pgque.maint_rotate_tables_step2() as result', values: [], read: single(toNumber) };
}

export function rebase(): Statement<number> {
  return { text: 'select pgque.rebase() as result', values: [], read: single(toNumber) };
}

export function start(): Statement<void> {
  return { text: 'select pgque.start()::text', values: [], read: () => undefined };
}

export function stop(): Statement<void> {
  return { text: 'select pgque.stop()::text', values: [], read: () => undefined };
}

export function setTickPeriodMs(periodMs: number): Statement<void> {
  return {
    text: 'select pgque.set_tick_period_ms($1::integer)::text',
    values: [toInteger(periodMs, 'periodMs')],
    read: () => undefined,
  };
}

export function tickerLoop(durationMs: number): Statement<void> {
  return {
    text: 'call pgque.ticker_loop($1::interval)',
    values: [toInterval(durationMs, 'durationMs')],
    read: () => undefined,
  };
}

export function uninstall(): Statement<void> {
  return { text: 'select pgque.uninstall()::text', values: [], read: () => undefined };
}
