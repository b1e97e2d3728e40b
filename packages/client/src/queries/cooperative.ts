import type { BatchConditions, BatchWindow } from '../batch.ts';
import type { Message } from '../message.ts';
import { toMessage } from './consuming.ts';
import { toBigintOrNull, toNumber } from './decode.ts';
import { toIntervalOrNull } from './encode.ts';
import { toBatchWindow, windowColumns } from './primitives.ts';
import { each, type Statement, single } from './statement.ts';

/** A member of a cooperative consumer of a queue. */
export type MemberName = readonly [queue: string, consumer: string, subconsumer: string];

export function registerSubconsumer(member: MemberName, convertNormal: boolean): Statement<number> {
  return {
    text: 'select pgque.register_subconsumer($1::text, $2::text, $3::text, $4::text::boolean) as result',
    values: [...member, String(convertNormal)],
    read: single(toNumber),
  };
}

export function subscribeSubconsumer(member: MemberName, convertNormal: boolean): Statement<number> {
  return {
    text: 'select pgque.subscribe_subconsumer($1::text, $2::text, $3::text, $4::text::boolean) as result',
    values: [...member, String(convertNormal)],
    read: single(toNumber),
  };
}

export function unregisterSubconsumer(member: MemberName, batchHandling: number): Statement<number> {
  return {
    text: 'select pgque.unregister_subconsumer($1::text, $2::text, $3::text, $4::integer) as result',
    values: [...member, String(batchHandling)],
    read: single(toNumber),
  };
}

export function unsubscribeSubconsumer(member: MemberName, batchHandling: number): Statement<number> {
  return {
    text: 'select pgque.unsubscribe_subconsumer($1::text, $2::text, $3::text, $4::integer) as result',
    values: [...member, String(batchHandling)],
    read: single(toNumber),
  };
}

export function touchSubconsumer(member: MemberName): Statement<number> {
  return {
    text: 'select pgque.touch_subconsumer($1::text, $2::text, $3::text) as result',
    values: [...member],
    read: single(toNumber),
  };
}

export function receiveCoop(
  member: MemberName,
  maxMessages: number,
  deadIntervalMs: number | undefined,
): Statement<Message[]> {
  return {
    text: `
      select m.msg_id, m.batch_id, m.type, m.payload, m.retry_count,
        (extract(epoch from m.created_at) * 1000)::float8 as created_at, m.extra1, m.extra2, m.extra3, m.extra4
      from pgque.receive_coop($1::text, $2::text, $3::text, $4::integer, $5::interval) m`,
    values: [...member, String(maxMessages), toIntervalOrNull(deadIntervalMs, 'deadIntervalMs')],
    read: each(toMessage),
  };
}

export function nextBatchCoop(member: MemberName, deadIntervalMs: number | undefined): Statement<bigint | null> {
  return {
    text: 'select pgque.next_batch($1::text, $2::text, $3::text, $4::interval) as result',
    values: [...member, toIntervalOrNull(deadIntervalMs, 'deadIntervalMs')],
    read: single(toBigintOrNull),
  };
}

export function nextBatchCustomCoop(
  member: MemberName,
  { minLagMs, minCount, minIntervalMs }: BatchConditions,
  deadIntervalMs: number | undefined,
): Statement<BatchWindow | null> {
  return {
    text: `
      select ${windowColumns}
      from pgque.next_batch_custom($1::text, $2::text, $3::text, $4::interval, $5::integer, $6::interval, $7::interval) b`,
    values: [
      ...member,
      toIntervalOrNull(minLagMs, 'minLagMs'),
      minCount === undefined ? null : String(minCount),
      toIntervalOrNull(minIntervalMs, 'minIntervalMs'),
      toIntervalOrNull(deadIntervalMs, 'deadIntervalMs'),
    ],
    read: toBatchWindow,
  };
}
