import type { BatchConditions, BatchEvent, BatchWindow } from '../batch.ts';
import * as queries from '../queries/primitives.ts';
import { nameOf, type QueueName } from '../typed/queue-definition.ts';
import { CooperativeOperations } from './cooperative-operations.ts';

/** The primitives of PgQ, with its results, for consumers that handle whole windows between ticks. */
export abstract class PrimitiveOperations extends CooperativeOperations {
  /** Opens the next window as a batch and returns its id, or that of the open batch; `null` when there is none. */
  nextBatch(queue: QueueName, consumer: string): Promise<bigint | null> {
    return this.run(() => queries.nextBatch(nameOf(queue), consumer));
  }

  /** The same, with the ticks. */
  nextBatchInfo(queue: QueueName, consumer: string): Promise<BatchWindow | null> {
    return this.run(() => queries.nextBatchInfo(nameOf(queue), consumer));
  }

  /** The same, for a batch that meets conditions. */
  nextBatchCustom(queue: QueueName, consumer: string, conditions: BatchConditions = {}): Promise<BatchWindow | null> {
    return this.run(() => queries.nextBatchCustom(nameOf(queue), consumer, conditions));
  }

  /** The events of an open batch, in the order of their ids. */
  getBatchEvents(batchId: bigint): Promise<BatchEvent[]> {
    return this.run(() => queries.getBatchEvents(batchId));
  }

  /**
   * Opens a cursor over the events of an open batch and returns its first events; read on with FETCH by `tx.query` in the
   * same transaction. `extraWhere` is SQL, a condition on the events. For the role pgque_admin.
   */
  getBatchCursor(
    batchId: bigint,
    cursorName: string,
    quickLimit: number,
    extraWhere: string | null = null,
  ): Promise<BatchEvent[]> {
    return this.run(() => queries.getBatchCursor(batchId, cursorName, quickLimit, extraWhere));
  }

  /** Closes the whole window of a batch, also what `receive` has not returned of it. 1, or 0 when it is not open. */
  finishBatch(batchId: bigint): Promise<number> {
    return this.run(() => queries.finishBatch(batchId));
  }

  /** Schedules one event for redelivery, at a time or after whole seconds. 1, or 0 when it was scheduled before. */
  eventRetry(batchId: bigint, eventId: bigint, retry: Date | { readonly retryAfterSeconds: number }): Promise<number> {
    return this.run(() =>
      retry instanceof Date
        ? queries.eventRetryAt(batchId, eventId, retry)
        : queries.eventRetry(batchId, eventId, retry.retryAfterSeconds),
    );
  }

  /** Schedules all events of a batch for redelivery after whole seconds; returns how many were scheduled. */
  batchRetry(batchId: bigint, options: { readonly retryAfterSeconds: number }): Promise<number> {
    return this.run(() => queries.batchRetry(batchId, options.retryAfterSeconds));
  }

  /** Puts one event to the dead letters, whatever its retries. 1, or 0 when it is there. For the role pgque_admin. */
  eventDead(batchId: bigint, eventId: bigint, reason: string | null = null): Promise<number> {
    return this.run(() => queries.eventDead(batchId, eventId, reason));
  }
}
