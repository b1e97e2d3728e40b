import type { BatchedEvent, DelayedEvent, Event } from '../event.ts';
import * as queries from '../queries/producing.ts';
import { checkPayloads } from '../sending/check-payloads.ts';
import {
  type OutgoingEvent,
  sendBatchStatement,
  sendStatement,
  toOutgoingEvent,
  withHeaders,
} from '../sending/outgoing-event.ts';
import { SendOrder } from '../sending/send-order.ts';
import {
  type EventSchemas,
  type EventType,
  nameOf,
  type QueueDefinition,
  type QueueName,
} from '../typed/queue-definition.ts';
import type { PayloadInput, TypedBatchedEvent, TypedDelayedEvent, TypedEvent } from '../typed/typed-event.ts';
import { OperationsBase } from './operations-base.ts';

type DeliveryTime = { readonly deliverAt: Date } | { readonly delayMs: number };

/**
 * Sending, for the role pgque_writer. With a definition in place of the name of a queue, events are typed by it and their
 * payloads validated first. What is stored is the payload as given: its receiver validates it again, and gets what the
 * schema makes of it.
 */
export abstract class ProducingOperations extends OperationsBase {
  readonly #order = new SendOrder();

  /** Sends one event and returns its id. */
  send(queue: string, event: Event): Promise<bigint>;
  send<Schemas extends EventSchemas>(queue: QueueDefinition<Schemas>, event: TypedEvent<Schemas>): Promise<bigint>;
  async send(queue: QueueName, event: Event): Promise<bigint> {
    const name = nameOf(queue);
    const outgoing = toOutgoingEvent(event);
    return await this.#order.depart(name, checkPayloads(queue, [outgoing]), () =>
      this.traced(name, 1, (headers) => this.deliver(name, withHeaders(outgoing, headers))),
    );
  }

  /** Sends many events in one statement, each with its own type, and returns their ids in the same order. */
  sendBatch(queue: string, events: readonly BatchedEvent[]): Promise<bigint[]>;
  sendBatch<Schemas extends EventSchemas>(
    queue: QueueDefinition<Schemas>,
    events: readonly TypedBatchedEvent<Schemas>[],
  ): Promise<bigint[]>;
  /** Sends many payloads of one type in one statement and returns their ids in the same order. */
  sendBatch(queue: string, type: string, payloads: readonly unknown[]): Promise<bigint[]>;
  sendBatch<Schemas extends EventSchemas, Type extends EventType<Schemas>>(
    queue: QueueDefinition<Schemas>,
    type: Type,
    payloads: readonly PayloadInput<Schemas, Type>[],
  ): Promise<bigint[]>;
  async sendBatch(
    queue: QueueName,
    ...rest: [readonly BatchedEvent[]] | [string, readonly unknown[]]
  ): Promise<bigint[]> {
    const name = nameOf(queue);
    const [first, payloads = []] = rest;
    const events = typeof first === 'string' ? payloads.map((payload) => ({ type: first, payload })) : first;
    const outgoing = events.map(toOutgoingEvent);
    return await this.#order.depart(name, checkPayloads(queue, outgoing), () =>
      this.traced(name, outgoing.length, (headers) =>
        this.run(() =>
          sendBatchStatement(
            name,
            outgoing.map((event) => withHeaders(event, headers)),
          ),
        ),
      ),
    );
  }

  /**
   * Sends one event at a time or after a delay, to the period in which `maintRetryEvents` and `ticker` are called; at once
   * when the time is past. Returns an id that `cancel` takes; the event gets an id of its own.
   */
  sendAt(queue: string, event: DelayedEvent, when: DeliveryTime): Promise<bigint>;
  sendAt<Schemas extends EventSchemas>(
    queue: QueueDefinition<Schemas>,
    event: TypedDelayedEvent<Schemas>,
    when: DeliveryTime,
  ): Promise<bigint>;
  async sendAt(queue: QueueName, event: DelayedEvent, when: DeliveryTime): Promise<bigint> {
    const outgoing = toOutgoingEvent(event);
    await checkPayloads(queue, [outgoing]);
    const { type, payload } = outgoing;
    return await this.run(() =>
      'deliverAt' in when
        ? queries.sendAt(nameOf(queue), type, payload, when.deliverAt)
        : queries.sendAfter(nameOf(queue), type, payload, when.delayMs),
    );
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
