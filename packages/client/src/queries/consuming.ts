import type { Row } from '../executor/executor.ts';
import type { Message, Nack } from '../message.ts';
import { toBigint, toDate, toNumber, toNumberOrNull, toPayload, toTextOrNull } from './decode.ts';
import { toIntervalOrNull, toReasonOrNull, toTimestamp } from './encode.ts';
import { each, type Statement, single } from './statement.ts';

export function subscribe(queue: string, consumer: string): Statement<number> {
  return {
    text: 'select pgque.subscribe($1::text, $2::text) as result',
    values: [queue, consumer],
    read: single(toNumber),
  };
}

export function subscribeAt(queue: string, consumer: string, startAt: string | Date): Statement<number> {
  return {
    text: 'select pgque.subscribe($1::text, $2::text, $3::text) as result',
    values: [queue, consumer, startAt instanceof Date ? toTimestamp(startAt, 'startAt') : startAt],
    read: single(toNumber),
  };
}

export function seek(queue: string, consumer: string, to: string | Date | bigint): Statement<bigint> {
  const [value, type] =
    to instanceof Date
      ? [toTimestamp(to, 'to'), 'timestamptz']
      : [String(to), typeof to === 'bigint' ? 'bigint' : 'text'];
  return {
    text: `select pgque.seek($1::text, $2::text, $3::${type}) as result`,
    values: [queue, consumer, value],
    read: single(toBigint),
  };
}

export function registerConsumerAt(queue: string, consumer: string, tickId: bigint): Statement<number> {
  return {
    text: 'select pgque.register_consumer_at($1::text, $2::text, $3::bigint) as result',
    values: [queue, consumer, String(tickId)],
    read: single(toNumber),
  };
}

export function registerConsumer(queue: string, consumer: string): Statement<number> {
  return {
    text: 'select pgque.register_consumer($1::text, $2::text) as result',
    values: [queue, consumer],
    read: single(toNumber),
  };
}

export function unsubscribe(queue: string, consumer: string, discardRetries: boolean): Statement<number> {
  return {
    text: 'select pgque.unsubscribe($1::text, $2::text, $3::text::boolean) as result',
    values: [queue, consumer, String(discardRetries)],
    read: single(toNumber),
  };
}

export function unregisterConsumer(queue: string, consumer: string): Statement<number> {
  return {
    text: 'select pgque.unregister_consumer($1::text, $2::text) as result',
    values: [queue, consumer],
    read: single(toNumber),
  };
}

export function receive(queue: string, consumer: string, maxMessages: number): Statement<Message[]> {
  return receiveBy('receive', queue, consumer, maxMessages);
}

export function tickAndReceive(queue: string, consumer: string, maxMessages: number): Statement<Message[]> {
  return receiveBy('tick_and_receive', queue, consumer, maxMessages);
}

function receiveBy(
  name: 'receive' | 'tick_and_receive',
  queue: string,
  consumer: string,
  maxMessages: number,
): Statement<Message[]> {
  return {
    text: `
      select m.msg_id, m.batch_id, m.type, m.payload, m.retry_count,
        (extract(epoch from m.created_at) * 1000)::float8 as created_at, m.extra1, m.extra2, m.extra3, m.extra4
      from pgque.${name}($1::text, $2::text, $3::integer) m`,
    values: [queue, consumer, String(maxMessages)],
    read: each(toMessage),
  };
}

export function toMessage(row: Row): Message {
  return {
    msgId: toBigint(row['msg_id']),
    batchId: toBigint(row['batch_id']),
    type: toTextOrNull(row['type']),
    payload: toPayload(row['payload']),
    rawPayload: toTextOrNull(row['payload']),
    retryCount: toNumberOrNull(row['retry_count']),
    createdAt: toDate(row['created_at']),
    extra1: toTextOrNull(row['extra1']),
    extra2: toTextOrNull(row['extra2']),
    extra3: toTextOrNull(row['extra3']),
    extra4: toTextOrNull(row['extra4']),
  };
}

export function ack(batchId: bigint): Statement<number> {
  return { text: 'select pgque.ack($1::bigint) as result', values: [String(batchId)], read: single(toNumber) };
}

export function nack(batchId: bigint, nacks: readonly Nack[]): Statement<number> {
  return {
    text: 'select pgque.nack($1::bigint, $2::bigint[], $3::interval[], $4::text[], $5::boolean[]) as result',
    values: [String(batchId), ...columnsOf(nacks)],
    read: single(toNumber),
  };
}

export function settle(batchId: bigint, nacks: readonly Nack[]): Statement<number> {
  return {
    text: 'select pgque.settle($1::bigint, $2::bigint[], $3::interval[], $4::text[], $5::boolean[]) as result',
    values: [String(batchId), ...columnsOf(nacks)],
    read: single(toNumber),
  };
}

function columnsOf(nacks: readonly Nack[]): (string | null)[][] {
  return [
    nacks.map(({ msgId }) => String(msgId)),
    nacks.map(({ retryAfterMs }) => toIntervalOrNull(retryAfterMs, 'retryAfterMs')),
    nacks.map(({ reason }) => toReasonOrNull(reason)),
    nacks.map(({ dead }) => String(dead ?? false)),
  ];
}
