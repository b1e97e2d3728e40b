import type {
  BatchedEvent,
  Client,
  DelayedEvent,
  Event,
  EventSchemas,
  Executor,
  Operations,
  PgQueryable,
  QueueDefinition,
  QueueName,
  TypedBatchedEvent,
  TypedDelayedEvent,
  TypedEvent,
} from 'pgque';
import { nameOf } from 'pgque';

/** What may be sent to a queue. */
export type EventOf<Queue extends QueueName> =
  Queue extends QueueDefinition<infer Schemas extends EventSchemas> ? TypedEvent<Schemas> : Event;

/** What may be sent to a queue with a delay. */
export type DelayedEventOf<Queue extends QueueName> =
  Queue extends QueueDefinition<infer Schemas extends EventSchemas> ? TypedDelayedEvent<Schemas> : DelayedEvent;

/** What may be sent to a queue with others. */
export type BatchedEventOf<Queue extends QueueName> =
  Queue extends QueueDefinition<infer Schemas extends EventSchemas> ? TypedBatchedEvent<Schemas> : BatchedEvent;

type DeliveryTime = { readonly deliverAt: Date } | { readonly delayMs: number };

/** What `using` takes: what `client.using` does, or the `tx` of a handler or of `client.transaction`. */
export type TransactionLike = Operations | PgQueryable | Executor;

/** A queue to send to, typed by its definition: `@InjectQueue(orders) readonly orders: PgqueQueue<typeof orders>`. */
export class PgqueQueue<Queue extends QueueName = string> {
  /** The client that it belongs to, for everything else. */
  readonly client: Client;
  readonly #queue: Queue;
  readonly #operations: Operations;

  /** @internal */
  constructor(client: Client, queue: Queue, operations: Operations = client) {
    this.client = client;
    this.#queue = queue;
    this.#operations = operations;
  }

  get name(): string {
    return nameOf(this.#queue);
  }

  /** Sends one event and returns its id. */
  send(event: EventOf<Queue>): Promise<bigint> {
    return this.#operations.send(this.#queue as string, event as Event);
  }

  /** Sends many events in one statement and returns their ids in the same order. */
  sendBatch(events: readonly BatchedEventOf<Queue>[]): Promise<bigint[]> {
    return this.#operations.sendBatch(this.#queue as string, events as readonly BatchedEvent[]);
  }

  /** Sends one event at a time or after a delay, and returns an id that `client.cancel` takes. */
  sendAt(event: DelayedEventOf<Queue>, when: DeliveryTime): Promise<bigint> {
    return this.#operations.sendAt(this.#queue as string, event as DelayedEvent, when);
  }

  /** The same queue in a transaction: what is sent is there with its changes, or not at all. */
  using(transaction: TransactionLike): PgqueQueue<Queue> {
    return new PgqueQueue(
      this.client,
      this.#queue,
      isOperations(transaction) ? transaction : this.client.using(transaction),
    );
  }
}

function isOperations(transaction: TransactionLike): transaction is Operations {
  return 'sendBatch' in transaction;
}
