import type { BatchInfo } from '../batch.ts';
import * as queries from '../queries/looking.ts';
import { getQueueConfig } from '../queries/queue-config.ts';
import type { QueueConfig } from '../queue-config.ts';
import type { ComponentStatus, ConsumerInfo, QueueInfo } from '../queue-info.ts';
import { OperatingOperations } from './operating-operations.ts';

/** Looking, for the role pgque_reader; `status` is for pgque_admin. */
export abstract class LookingOperations extends OperatingOperations {
  /** All queues, or one, by name. */
  getQueueInfo(queue: string | null = null): Promise<QueueInfo[]> {
    return this.run(() => queries.getQueueInfo(queue));
  }

  /** All consumers, those of one queue, or one, by queue and name. */
  getConsumerInfo(queue: string | null = null, consumer: string | null = null): Promise<ConsumerInfo[]> {
    return this.run(() => queries.getConsumerInfo(queue, consumer));
  }

  /** What an open batch covers; `null` when it is unknown or no longer open. */
  getBatchInfo(batchId: bigint): Promise<BatchInfo | null> {
    return this.run(() => queries.getBatchInfo(batchId));
  }

  /** The settings of a queue, defaults filled in. */
  getQueueConfig(queue: string): Promise<QueueConfig> {
    return this.run(() => getQueueConfig(queue));
  }

  /** One entry for each part of the install. */
  status(): Promise<ComponentStatus[]> {
    return this.run(() => queries.status());
  }

  /** The version of the engine in the database. */
  version(): Promise<string> {
    return this.run(() => queries.version());
  }
}
