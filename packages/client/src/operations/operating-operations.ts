import type { Message } from '../message.ts';
import type { PendingTicks } from '../pending-ticks.ts';
import { tickAndReceive } from '../queries/consuming.ts';
import * as queries from '../queries/operating.ts';
import * as configQueries from '../queries/queue-config.ts';
import type { QueueConfigChange } from '../queue-config.ts';
import { nameOf, type QueueName } from '../typed/queue-definition.ts';
import { PrimitiveOperations } from './primitive-operations.ts';

export interface DropQueueOptions {
  /** Whether its subscriptions are dropped with it instead of an error. @default false */
  readonly force?: boolean;
}

/** Queues, ticks and upkeep, for the role pgque_admin. */
export abstract class OperatingOperations extends PrimitiveOperations {
  /** Creates a queue. 1 when it is new; 0 when it was there, and then nothing is changed. */
  createQueue(queue: QueueName, config: QueueConfigChange = {}): Promise<number> {
    return this.run(() => configQueries.createQueue(nameOf(queue), config));
  }

  /** Drops a queue with its events, retries and dead letters. 1. */
  dropQueue(queue: QueueName, options: DropQueueOptions = {}): Promise<number> {
    return this.run(() => queries.dropQueue(nameOf(queue), options.force ?? false));
  }

  /** Changes settings of a queue, all or none; `null` sets the default again. */
  setQueueConfig(queue: QueueName, config: QueueConfigChange): Promise<void> {
    return this.run(() => configQueries.setQueueConfig(nameOf(queue), config));
  }

  /** Stops the ticks of a queue; events are kept. 1. */
  pauseQueue(queue: QueueName): Promise<number> {
    return this.run(() => queries.pauseQueue(nameOf(queue)));
  }

  /** Lets a paused queue tick again. 1. */
  resumeQueue(queue: QueueName): Promise<number> {
    return this.run(() => queries.resumeQueue(nameOf(queue)));
  }

  /** Ticks all queues that are due and returns how many. Call it every second or more often. */
  ticker(): Promise<number> {
    return this.run(() => queries.ticker());
  }

  /** Ticks one queue if it is due; returns the tick id, or `null`. */
  tick(queue: QueueName): Promise<bigint | null> {
    return this.run(() => queries.tick(nameOf(queue)));
  }

  /** Records a tick that an external ticker made, and returns its id. */
  externalTick(queue: QueueName, tickId: bigint, timestamp: Date, eventSeq: bigint): Promise<bigint> {
    return this.run(() => queries.externalTick(nameOf(queue), tickId, timestamp, eventSeq));
  }

  /**
   * Ticks every queue that has events which no tick covers yet, at once. With `sleepSeconds` the caller says that it sleeps
   * next, at most for so long, and is notified on `doorbellChannel`. For tickers of one's own; see `createTicker` of
   * `@pgque/consumer`.
   */
  tickPending(sleepSeconds = 0): Promise<PendingTicks> {
    return this.run(() => queries.tickPending(sleepSeconds));
  }

  /**
   * `receive`, after a tick when the queue has events that no tick covers yet. For a consumer in the process of the
   * ticker: it saves a round trip between an event and its handler.
   */
  tickAndReceive(queue: QueueName, consumer: string, maxMessages = 100): Promise<Message[]> {
    return this.run(() => tickAndReceive(nameOf(queue), consumer, maxMessages));
  }

  /** Whether the session is the one that ticks, until it ends. Call it with `using` on a connection of your own. */
  leadTicker(): Promise<boolean> {
    return this.run(() => queries.leadTicker());
  }

  /** Makes the next `ticker` tick this queue, whatever its thresholds; returns the id of the last tick. For tests. */
  forceNextTick(queue: QueueName): Promise<bigint> {
    return this.run(() => queries.forceNextTick(nameOf(queue)));
  }

  /** The name of PgQ for `forceNextTick`. */
  forceTick(queue: QueueName): Promise<bigint> {
    return this.run(() => queries.forceTick(nameOf(queue)));
  }

  /** Moves the rotation of every log by one phase and returns how many moved. Call it every few seconds. */
  maint(): Promise<number> {
    return this.run(() => queries.maint());
  }

  /** Moves retries that are due back into their queues and returns how many. Call it every few seconds. */
  maintRetryEvents(): Promise<number> {
    return this.run(() => queries.maintRetryEvents());
  }

  /** The same as `maintRetryEvents`. */
  maintDeliverDelayed(): Promise<number> {
    return this.run(() => queries.maintDeliverDelayed());
  }

  /** For PgQ's schedule: the part of `maint` for the event log of one queue. */
  maintRotateTablesStep1(queue: QueueName): Promise<number> {
    return this.run(() => queries.maintRotateTablesStep1(nameOf(queue)));
  }

  /** For PgQ's schedule: the part of `maint` for the logs that all queues share. */
  maintRotateTablesStep2(): Promise<number> {
    return this.run(() => queries.maintRotateTablesStep2());
  }

  /** After a restore into another cluster: makes what is stored fit its transaction ids. How many queues; 0: all is well. */
  rebase(): Promise<number> {
    return this.run(() => queries.rebase());
  }

  /** Lets pg_cron tick, move retries and rotate, and purge what our jobs log. May be repeated. */
  start(): Promise<void> {
    return this.run(() => queries.start());
  }

  /** Ends what `start` began: removes its jobs and ends the loops that run. Does no harm without pg_cron. */
  stop(): Promise<void> {
    return this.run(() => queries.stop());
  }

  /** Sets the milliseconds between two ticks of `tickerLoop` and of the jobs of `start`: an exact divisor of 1000. */
  setTickPeriodMs(periodMs: number): Promise<void> {
    return this.run(() => queries.setTickPeriodMs(periodMs));
  }

  /**
   * Ticks every tick period for this long, moves retries and rotates meanwhile. Not inside a transaction, and for less
   * than `queryTimeoutMs`.
   */
  tickerLoop(durationMs = 1000): Promise<void> {
    return this.run(() => queries.tickerLoop(durationMs));
  }

  /** Removes the schema pgque with all queues and events; for its owner only. */
  uninstall(): Promise<void> {
    return this.run(() => queries.uninstall());
  }
}
