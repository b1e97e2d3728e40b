import type { BatchedEvent, DelayedEvent, Event } from '../event.ts';
import { encodePayload } from '../queries/encode-payload.ts';
import * as queries from '../queries/producing.ts';
import { type OutgoingEvent, sendBatchStatement, sendStatement, toOutgoingEvent } from '../sending/outgoing-event.ts';
import { OperationsBase } from './operations-base.ts';

/** Sending, for the role pgque_writer. */
export abstract class ProducingOperations extends OperationsBase {
  /** Sends one event and returns its id. */
  async send(queue: string, event: Event): Promise<bigint> {
    return await this.traced(queue, 1, (headers) => this.deliver(queue, toOutgoingEvent(event, headers)));
  }

  /** Sends many events in one statement, each with its own type, and returns their ids in the same order. */
  sendBatch(queue: string, events: readonly BatchedEvent[]): Promise<bigint[]>;
  /** Sends many payloads of one type in one statement and returns their ids in the same order. */
  sendBatch(queue: string, type: string, payloads: readonly unknown[]): Promise<bigint[]>;
  async sendBatch(queue: string, ...rest: [readonly BatchedEvent[]] | [string, readonly unknown[]]): Promise<bigint[]> {
    const [first, payloads] = rest;
    const count = payloads?.length ?? first.length;
    return await this.traced(queue, count, (headers) => {
      if (typeof first === 'string' && !headers) {
        return this.run(() => queries.sendBatch(queue, first, (payloads ?? []).map(encodePayload)));
      }
      const events = typeof first === 'string' ? (payloads ?? []).map((payload) => ({ type: first, payload })) : first;
      const outgoing = events.map((event) => toOutgoingEvent(event, headers));
      return this.run(() => sendBatchStatement(queue, outgoing));
    });
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
      const { type, payload } = toOutgoingEvent(event);
      return 'deliverAt' in when
        ? queries.sendAt(queue, type, payload, when.deliverAt)
        : queries.sendAfter(queue, type, payload, when.delayMs);
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

  /** Sends in a statement of its own; a client may let it travel with others. @internal */
  protected deliver(queue: string, event: OutgoingEvent): Promise<bigint> {
    return this.run(() => sendStatement(queue, event));
  }
}
