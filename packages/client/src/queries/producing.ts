import { toBigint, toBigints, toBoolean } from './decode.ts';
import { toInterval, toTimestamp } from './encode.ts';
import { type Statement, single } from './statement.ts';

type Text = string | null;

export function send(queue: string, type: string, payload: string): Statement<bigint> {
  return {
    text: 'select pgque.send($1::text, $2::text, $3::text) as result',
    values: [queue, type, payload],
    read: single(toBigint),
  };
}

export function sendAt(queue: string, type: string, payload: string, deliverAt: Date): Statement<bigint> {
  return {
    text: 'select pgque.send_at($1::text, $2::text, $3::text, $4::timestamptz) as result',
    values: [queue, type, payload, toTimestamp(deliverAt, 'deliverAt')],
    read: single(toBigint),
  };
}

export function sendAfter(queue: string, type: string, payload: string, delayMs: number): Statement<bigint> {
  return {
    text: 'select pgque.send_at($1::text, $2::text, $3::text, $4::interval) as result',
    values: [queue, type, payload, toInterval(delayMs, 'delayMs')],
    read: single(toBigint),
  };
}

export function cancel(id: bigint): Statement<boolean> {
  return { text: 'select pgque.cancel($1::bigint) as result', values: [String(id)], read: single(toBoolean) };
}

export function insertEvent(queue: string, type: Text, data: Text, extras: readonly Text[]): Statement<bigint> {
  const [extra1 = null, extra2 = null, extra3 = null, extra4 = null] = extras;
  return {
    text: 'select pgque.insert_event($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text) as result',
    values: [queue, type, data, extra1, extra2, extra3, extra4],
    read: single(toBigint),
  };
}

export function sendBatch(queue: string, type: string, payloads: readonly string[]): Statement<bigint[]> {
  return {
    text: 'select pgque.send_batch($1::text, $2::text, $3::text[])::text as result',
    values: [queue, type, payloads],
    read: single(toBigints),
  };
}

export function sendMixedBatch(
  queue: string,
  types: readonly string[],
  payloads: readonly string[],
  extras: readonly Text[],
): Statement<bigint[]> {
  return {
    text: 'select pgque.send_batch($1::text, $2::text[], $3::text[], $4::text[])::text as result',
    values: [queue, types, payloads, extras],
    read: single(toBigints),
  };
}
