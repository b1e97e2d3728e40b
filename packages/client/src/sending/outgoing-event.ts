import { InvalidArgumentError } from '../errors/engine-errors.ts';
import type { Event } from '../event.ts';
import { encodeHeaders, type Headers } from '../headers.ts';
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

export function toOutgoingEvent(event: Event): OutgoingEvent {
  const { type, payload, extra1, extra2, extra3, extra4 } = requireEvent(event);
  const outgoing: OutgoingEvent = {
    type: type ?? 'default',
    payload: encodePayload(payload),
    extras: [extra1 ?? null, extra2 ?? null, extra3 ?? null, extra4 ?? null],
  };
  requireStorable([outgoing.type, outgoing.payload, ...outgoing.extras]);
  return outgoing;
}

/** The application's own first extra goes before headers. */
export function withHeaders(event: OutgoingEvent, headers: Headers | undefined): OutgoingEvent {
  if (!headers || event.extras[0] !== null) return event;
  const extras = [encodeHeaders(headers), event.extras[1], event.extras[2], event.extras[3]] as const;
  return { ...event, extras };
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
  const types = events.map(({ type }) => type);
  const payloads = events.map(({ payload }) => payload);
  const extras = events.map((event) => event.extras[0]);
  const [type] = types;
  if (type !== undefined && types.every((each) => each === type) && extras.every((extra) => extra === null)) {
    return queries.sendBatch(queue, type, payloads);
  }
  return queries.sendMixedBatch(queue, types, payloads, extras);
}

/** The payload itself in place of the event is the likeliest mistake, and callers without types would not see it. */
function requireEvent(event: Event): Event {
  if (typeof event === 'object' && event !== null && 'payload' in event) return event;
  throw new InvalidArgumentError('invalid_argument', 'an event must be an object with a payload', {
    hint: 'Send it as send(queue, { type, payload }).',
  });
}
