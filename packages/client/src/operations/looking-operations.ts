import type { BatchInfo } from '../batch.ts';
import type { HealthFinding, Metric } from '../health.ts';
import * as queries from '../queries/looking.ts';
import { getQueueConfig } from '../queries/queue-config.ts';
import * as stats from '../queries/stats.ts';
import type { QueueConfig } from '../queue-config.ts';
import type { ComponentStatus, ConsumerInfo, QueueInfo } from '../queue-info.ts';
import type { ConsumerStats, OpenBatch, QueueStats, StuckConsumer, ThroughputBucket } from '../stats.ts';
import { nameOf, type QueueName } from '../typed/queue-definition.ts';
import { OperatingOperations } from './operating-operations.ts';

/** Looking, for the role pgque_reader; `status` is for pgque_admin. */
export abstract class LookingOperations extends OperatingOperations {
  /** All queues, or one, by name. */
  getQueueInfo(queue: QueueName | null = null): Promise<QueueInfo[]> {
    return this.run(() => queries.getQueueInfo(nameOf(queue)));
  }

  /** All consumers, those of one queue, or one, by queue and name. */
  getConsumerInfo(queue: QueueName | null = null, consumer: string | null = null): Promise<ConsumerInfo[]> {
    return this.run(() => queries.getConsumerInfo(nameOf(queue), consumer));
  }

  /** What an open batch covers; `null` when it is unknown or no longer open. */
  getBatchInfo(batchId: bigint): Promise<BatchInfo | null> {
    return this.run(() => queries.getBatchInfo(batchId));
  }

  /** The settings of a queue, defaults filled in. */
  getQueueConfig(queue: QueueName): Promise<QueueConfig> {
    return this.run(() => getQueueConfig(nameOf(queue)));
  }

  /** All queues, or one, at a glance: like `getQueueInfo`, but without counting events. */
  queueStats(queue: QueueName | null = null): Promise<QueueStats[]> {
    return this.run(() => stats.queueStats(nameOf(queue)));
  }

  /** All consumers, or those of one queue: like `getConsumerInfo`, but without counting events. */
  consumerStats(queue: QueueName | null = null): Promise<ConsumerStats[]> {
    return this.run(() => stats.consumerStats(nameOf(queue)));
  }

  /** The batches that are open, of all queues or of one; the oldest first. */
  inFlight(queue: QueueName | null = null): Promise<OpenBatch[]> {
    return this.run(() => stats.inFlight(nameOf(queue)));
  }

  /** Consumers whose batch has been open, or that have had something to read, for longer; the longest first. */
  stuckConsumers(thresholdMs = 1_800_000): Promise<StuckConsumer[]> {
    return this.run(() => stats.stuckConsumers(thresholdMs));
  }

  /** Events per bucket of the last period, from the ticks; the newest bucket ends now. */
  throughput(queue: QueueName, periodMs = 3_600_000, bucketMs = 60_000): Promise<ThroughputBucket[]> {
    return this.run(() => stats.throughput(nameOf(queue), periodMs, bucketMs));
  }

  /** Samples for Prometheus or OpenTelemetry, in one query. */
  metrics(): Promise<Metric[]> {
    return this.run(() => stats.metrics());
  }

  /** What is wrong and what to do about it; a check that finds nothing has one entry with status `ok`. */
  health(): Promise<HealthFinding[]> {
    return this.run(() => stats.health());
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
