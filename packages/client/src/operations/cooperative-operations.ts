import type { BatchConditions, BatchWindow } from '../batch.ts';
import type { Message } from '../message.ts';
import * as queries from '../queries/cooperative.ts';
import { nameOf, type QueueName } from '../typed/queue-definition.ts';
import { ConsumingOperations } from './consuming-operations.ts';

export interface RegisterSubconsumerOptions {
  /** Whether a normal consumer becomes a cooperative one. @default false */
  readonly convertNormal?: boolean;
}

export interface UnregisterSubconsumerOptions {
  /** With an open batch: 0 refuses, 1 gives its messages back first. @default 0 */
  readonly batchHandling?: 0 | 1;
}

export interface TakeoverOptions {
  /** After how long a silence another member's batch is taken over. @default never */
  readonly deadIntervalMs?: number;
}

export interface ReceiveCoopOptions extends TakeoverOptions {
  /** @default 100 */
  readonly maxMessages?: number;
}

/** Members that share the position of one consumer, for the role pgque_reader. Each message goes to one of them. */
export abstract class CooperativeOperations extends ConsumingOperations {
  /** Makes a member, and the consumer when it is not there. 1 when the member is new, 0 when it was there. */
  registerSubconsumer(
    queue: QueueName,
    consumer: string,
    subconsumer: string,
    options: RegisterSubconsumerOptions = {},
  ): Promise<number> {
    return this.run(() =>
      queries.registerSubconsumer([nameOf(queue), consumer, subconsumer], options.convertNormal ?? false),
    );
  }

  /** The same as `registerSubconsumer`. */
  subscribeSubconsumer(
    queue: QueueName,
    consumer: string,
    subconsumer: string,
    options: RegisterSubconsumerOptions = {},
  ): Promise<number> {
    return this.run(() =>
      queries.subscribeSubconsumer([nameOf(queue), consumer, subconsumer], options.convertNormal ?? false),
    );
  }

  /** Removes a member; the last to leave turns the consumer normal again. 1, or 0 when there was none. */
  unregisterSubconsumer(
    queue: QueueName,
    consumer: string,
    subconsumer: string,
    options: UnregisterSubconsumerOptions = {},
  ): Promise<number> {
    return this.run(() =>
      queries.unregisterSubconsumer([nameOf(queue), consumer, subconsumer], options.batchHandling ?? 0),
    );
  }

  /** The same as `unregisterSubconsumer`. */
  unsubscribeSubconsumer(
    queue: QueueName,
    consumer: string,
    subconsumer: string,
    options: UnregisterSubconsumerOptions = {},
  ): Promise<number> {
    return this.run(() =>
      queries.unsubscribeSubconsumer([nameOf(queue), consumer, subconsumer], options.batchHandling ?? 0),
    );
  }

  /** Heartbeat of a member. 1 while it has an open batch; 0 when it has none, or lost it to another member. */
  touchSubconsumer(queue: QueueName, consumer: string, subconsumer: string): Promise<number> {
    return this.run(() => queries.touchSubconsumer([nameOf(queue), consumer, subconsumer]));
  }

  /**
   * `receive` for a member: its open batch again, else that of a member that is silent, else the next page of the group.
   * No messages: nothing is left, or another member's open transaction holds the group. Call it outside a transaction.
   */
  receiveCoop(
    queue: QueueName,
    consumer: string,
    subconsumer: string,
    options: ReceiveCoopOptions = {},
  ): Promise<Message[]> {
    const { maxMessages = 100, deadIntervalMs } = options;
    return this.run(() => queries.receiveCoop([nameOf(queue), consumer, subconsumer], maxMessages, deadIntervalMs));
  }

  /** `nextBatch` for a member. */
  nextBatchCoop(
    queue: QueueName,
    consumer: string,
    subconsumer: string,
    options: TakeoverOptions = {},
  ): Promise<bigint | null> {
    return this.run(() => queries.nextBatchCoop([nameOf(queue), consumer, subconsumer], options.deadIntervalMs));
  }

  /** `nextBatchCustom` for a member. */
  nextBatchCustomCoop(
    queue: QueueName,
    consumer: string,
    subconsumer: string,
    options: BatchConditions & TakeoverOptions = {},
  ): Promise<BatchWindow | null> {
    return this.run(() =>
      queries.nextBatchCustomCoop([nameOf(queue), consumer, subconsumer], options, options.deadIntervalMs),
    );
  }
}
