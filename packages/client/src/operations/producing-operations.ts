import { InvalidArgumentError } from '../errors/engine-errors.ts';
import type { BatchedEvent, DelayedEvent, Event } from '../event.ts';
import { encodePayload } from '../queries/encode-payload.ts';
import * as queries from '../queries/producing.ts';
import type { Statement } from '../queries/statement.ts';
import { OperationsBase } from './operations-base.ts';

const defaultType = 'default';

/** Sending, for the role pgque_writer. */
export abstract class ProducingOperations extends OperationsBase {
  /** Sends one event and returns its id. */
  send(queue: string, event: Event): Promise<bigint> {
    return this.run(() => sendStatement(queue, event));
  }

  /** Sends many events in one statement, each with its own type, and returns their ids in the same order. */
  sendBatch(queue: string, events: readonly BatchedEvent[]): Promise<bigint[]>;
  /** Sends many payloads of one type in one statement and returns their ids in the same order. */
  sendBatch(queue: string, type: string, payloads: readonly unknown[]): Promise<bigint[]>;
  sendBatch(queue: string, ...rest: [readonly BatchedEvent[]] | [string, readonly unknown[]]): Promise<bigint[]> {
    return this.run(() => sendBatchStatement(queue, rest));
  }

  /**
   * Sends one event at a time or after a delay, to the period in which `maintRetryEvents` and `ticker` are called; at once
   * when the time is past. Returns an id that `cancel` takes; the event gets an id of its own.
   */
  sendAt(
    queue: string,
    event: DelayedEvent,
    when: { readonly deliverAt: Date } | { readonly delayMs: number },
  ): Promise<bigint> {
    return this.run(() => {
      const { type = defaultType, payload } = requireEvent(event);
      return 'deliverAt' in when
        ? queries.sendAt(queue, type, encodePayload(payload), when.deliverAt)
        : queries.sendAfter(queue, type, encodePayload(payload), when.delayMs);
    });
  }

  /** Cancels a delayed event: true when it will not be delivered because of this, false when it is too late. */
  cancel(id: bigint): Promise<boolean> {
    return this.run(() => queries.cancel(id));
  }

  /** Appends one event with its data as they are, JSON or not, and returns its id: the primitive of PgQ. */
  insertEvent(
    queue: string,
    type: string | null,
    data: string | null,
    extra1: string | null = null,
    extra2: string | null = null,
    extra3: string | null = null,
    extra4: string | null = null,
  ): Promise<bigint> {
    return this.run(() => queries.insertEvent(queue, type, data, [extra1, extra2, extra3, extra4]));
  }
}

function sendStatement(queue: string, event: Event): Statement<bigint> {
  const { type, payload, extra1, extra2, extra3, extra4 } = requireEvent(event);
  const extras = [extra1, extra2, extra3, extra4].map((extra) => extra ?? null);
  if (extras.every((extra) => extra === null)) return queries.send(queue, type ?? defaultType, encodePayload(payload));
  return queries.insertEvent(queue, type ?? defaultType, encodePayload(payload), extras);
}

function sendBatchStatement(
  queue: string,
  rest: [readonly BatchedEvent[]] | [string, readonly unknown[]],
): Statement<bigint[]> {
  if (rest.length === 2) return queries.sendBatch(queue, rest[0], rest[1].map(encodePayload));
  const events = rest[0].map(requireEvent);
  return queries.sendMixedBatch(
    queue,
    events.map(({ type }) => type ?? defaultType),
    events.map(({ payload }) => encodePayload(payload)),
    events.map(({ extra1 }) => extra1 ?? null),
  );
}

/** The payload itself in place of the event is the likeliest mistake, and callers without types would not see it. */
function requireEvent<Sent extends BatchedEvent>(event: Sent): Sent {
  if (typeof event === 'object' && event !== null && 'payload' in event) return event;
  throw new InvalidArgumentError('invalid_argument', 'an event must be an object with a payload', {
    hint: 'Send it as send(queue, { type, payload }).',
  });
}
