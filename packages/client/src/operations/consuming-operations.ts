import type { Message, Nack, NackOptions } from '../message.ts';
import * as queries from '../queries/consuming.ts';
import { nameOf, type QueueName } from '../typed/queue-definition.ts';
import { ProducingOperations } from './producing-operations.ts';

export interface UnsubscribeOptions {
  /** Whether messages that wait for redelivery are thrown away instead of an error. @default false */
  readonly discardRetries?: boolean;
}

/** Receiving and acknowledging, for the role pgque_reader. */
export abstract class ConsumingOperations extends ProducingOperations {
  /** Subscribes a consumer, from the newest tick on unless told otherwise. 1 when it is new, 0 when it was there. */
  subscribe(queue: QueueName, consumer: string, startAt?: 'latest' | 'earliest' | Date): Promise<number> {
    return this.run(() =>
      startAt === undefined
        ? queries.subscribe(nameOf(queue), consumer)
        : queries.subscribeAt(nameOf(queue), consumer, startAt),
    );
  }

  /**
   * Moves a consumer to another position, forward or back: a tick id, a time, the earliest that is still held, or the latest.
   * Its pending retries stay. Returns the tick that it stands at.
   */
  seek(queue: QueueName, consumer: string, to: 'latest' | 'earliest' | Date | bigint): Promise<bigint> {
    return this.run(() => queries.seek(nameOf(queue), consumer, to));
  }

  /** The primitive of PgQ: subscribes from a tick on, or moves a consumer that was there. 1 when it is new, else 0. */
  registerConsumerAt(queue: QueueName, consumer: string, tickId: bigint): Promise<number> {
    return this.run(() => queries.registerConsumerAt(nameOf(queue), consumer, tickId));
  }

  /** Ends a subscription. 1 when it ended, 0 when there was none. */
  unsubscribe(queue: QueueName, consumer: string, options: UnsubscribeOptions = {}): Promise<number> {
    return this.run(() => queries.unsubscribe(nameOf(queue), consumer, options.discardRetries ?? false));
  }

  /** The name of PgQ for `subscribe`. */
  registerConsumer(queue: QueueName, consumer: string): Promise<number> {
    return this.run(() => queries.registerConsumer(nameOf(queue), consumer));
  }

  /** The name of PgQ for `unsubscribe`. */
  unregisterConsumer(queue: QueueName, consumer: string): Promise<number> {
    return this.run(() => queries.unregisterConsumer(nameOf(queue), consumer));
  }

  /**
   * Opens a batch of at most `maxMessages` messages, or returns the one that is open again. No messages: nothing is left
   * up to the newest tick.
   */
  receive(queue: QueueName, consumer: string, maxMessages = 100): Promise<Message[]> {
    return this.run(() => queries.receive(nameOf(queue), consumer, maxMessages));
  }

  /** Acknowledges exactly what `receive` returned. 1, or 0 when the batch is unknown or no longer open. */
  ack(batchId: bigint): Promise<number> {
    return this.run(() => queries.ack(batchId));
  }

  /**
   * Gives one message of an open batch back: it is delivered again, or goes to the dead letters when it was retried
   * `maxRetries` times. Ack the batch afterwards. 1, or 0 when the message was given back before.
   */
  nack(batchId: bigint, message: Pick<Message, 'msgId'>, options: NackOptions = {}): Promise<number> {
    return this.run(() => queries.nack(batchId, [{ ...options, msgId: message.msgId }]));
  }

  /** The same for many messages in one statement; returns how many were recorded now. */
  nackMany(batchId: bigint, nacks: readonly Nack[]): Promise<number> {
    return this.run(() => queries.nack(batchId, nacks));
  }

  /** `nackMany` and `ack` in one statement; returns what `ack` returns. */
  settle(batchId: bigint, nacks: readonly Nack[] = []): Promise<number> {
    return this.run(() => queries.settle(batchId, nacks));
  }
}
