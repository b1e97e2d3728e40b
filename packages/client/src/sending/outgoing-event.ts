import { InvalidArgumentError } from '../errors/engine-errors.ts';
import type { Event } from '../event.ts';
import type { Headers } from '../instrumentation.ts';
import { requireStorable } from '../queries/encode.ts';
import { encodePayload } from '../queries/encode-payload.ts';
import * as queries from '../queries/producing.ts';
import type { Statement } from '../queries/statement.ts';

/** An event that has been looked at: what is wrong with it was said before it meets others. */
export interface OutgoingEvent {
  readonly type: string;
  readonly payload: string;
  readonly extras: readonly [string | null, string | null, string | null, string | null];
}

export function toOutgoingEvent(event: Event, headers: Headers = {}): OutgoingEvent {
  const { type, payload, extra1, extra2, extra3, extra4 } = requireEvent(event);
  const outgoing: OutgoingEvent = {
    type: type ?? 'default',
    payload: encodePayload(payload),
    extras: [extra1 ?? encodeHeaders(headers), extra2 ?? null, extra3 ?? null, extra4 ?? null],
  };
  requireStorable([outgoing.type, outgoing.payload, ...outgoing.extras]);
  return outgoing;
}

/** A mixed batch takes the first extra only. */
export function isBatchable({ extras }: OutgoingEvent): boolean {
  return extras[1] === null && extras[2] === null && extras[3] === null;
}

export function sendStatement(queue: string, { type, payload, extras }: OutgoingEvent): Statement<bigint> {
  if (extras.every((extra) => extra === null)) return queries.send(queue, type, payload);
  return queries.insertEvent(queue, type, payload, extras);
}

export function sendBatchStatement(queue: string, events: readonly OutgoingEvent[]): Statement<bigint[]> {
  if (!events.every(isBatchable)) {
    throw new InvalidArgumentError('invalid_argument', 'in a batch an event can have extra1 only', {
      hint: 'Send what has other extras with send(queue, event); concurrent calls travel together anyway.',
    });
  }
  return queries.sendMixedBatch(
    queue,
    events.map(({ type }) => type),
    events.map(({ payload }) => payload),
    events.map(({ extras }) => extras[0]),
  );
}

/** The application's own first extra goes before headers. */
function encodeHeaders(headers: Headers): string | null {
  return Object.keys(headers).length === 0 ? null : JSON.stringify(headers);
}

/** The payload itself in place of the event is the likeliest mistake, and callers without types would not see it. */
function requireEvent(event: Event): Event {
  if (typeof event === 'object' && event !== null && 'payload' in event) return event;
  throw new InvalidArgumentError('invalid_argument', 'an event must be an object with a payload', {
    hint: 'Send it as send(queue, { type, payload }).',
  });
}
