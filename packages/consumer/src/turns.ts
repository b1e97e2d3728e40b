import type { Client, Instrumentation, Message, Transaction } from 'pgque';
import { unlessAborted } from './aborted.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import type { HandlerRegistry } from './handling/handler-registry.ts';
import { type Outcome, toNacks } from './handling/outcome.ts';
import { type BatchRunOptions, runBatch } from './handling/run-batch.ts';
import { behindSavepoint } from './handling/savepoints.ts';
import { LinkedSignal } from './linked-signal.ts';
import { settleBatch } from './settle-batch.ts';
import type { Source } from './source/source.ts';
import type { Stop } from './stop.ts';
import { TransactionLease } from './transaction-lease.ts';
import type { ErrandDone } from './wake-up/errand.ts';

export interface TurnOptions {
  readonly settings: ConsumerSettings;
  readonly handlers: HandlerRegistry;
  readonly admit: BatchRunOptions['admit'];
  readonly source: Source;
  readonly stop: Stop;
  /** There is a batch. */
  readonly onWork: () => void;
  /** Its handlers are done: what is left is to settle it. */
  readonly onHandled: () => void;
  /** A batch cannot be settled yet. */
  readonly onError: (error: unknown) => void;
}

/** For a handler that is given up to let go of its transaction, and for the server to end it. */
const lettingGoMs = 50;
const revokingMs = 2000;

/** The turns of a loop: each receives a batch, handles it, and settles it. */
export class Turns {
  /** What became of all messages so far. */
  readonly counts = { acked: 0, retried: 0, dead: 0 };
  readonly #client: Client;
  readonly #options: TurnOptions;

  constructor(client: Client, options: TurnOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Answers how many messages there were. With an errand it ticks first, and says when it has. */
  take(errand?: ErrandDone): Promise<number> {
    return this.#options.settings.mode === 'exactly-once' ? this.#inTransaction() : this.#outside(errand);
  }

  async #outside(errand: ErrandDone | undefined): Promise<number> {
    const { source, stop, onWork, onHandled, onError } = this.#options;
    const messages = await source.receive(errand);
    const [first] = messages;
    if (!first) return 0;
    onWork();
    const { lost } = source;
    await this.#traced(messages, async () => {
      using abandoned = new LinkedSignal(stop.abandoned, lost);
      const outcomes = await this.#handle(messages, abandoned.signal);
      if (lost.aborted) return this.#warn('a batch was taken over by another member before it was settled');
      onHandled();
      source.settling();
      const result = await settleBatch(this.#client, first.batchId, toNacks(outcomes), {
        over: stop.over,
        onError: (error) => {
          source.noteFailure();
          onError(error);
        },
      });
      if (result === 'stored') this.#count(outcomes);
      else if (result === 'lost') this.#warn('a batch was settled by another process');
      else this.#warn('a batch could not be settled before the stop: it will come again');
    });
    return messages.length;
  }

  /** The same in one transaction, which is rolled back when its handlers are given up. */
  async #inTransaction(): Promise<number> {
    const { abandoned } = this.#options.stop;
    let lease: TransactionLease | undefined;
    let outcomes: ReadonlyMap<bigint, Outcome> = new Map();
    const transaction = this.#client.transaction(async (tx) => {
      lease = await TransactionLease.take(tx, this.#options.settings.deadIntervalMs);
      try {
        outcomes = await this.#receiveAndHandle(tx);
      } finally {
        lease.release();
      }
    });
    const isDone = transaction.then(() => true);
    if (!(await unlessAborted(abandoned, isDone))) {
      const patience = AbortSignal.timeout(lettingGoMs);
      if (!(await unlessAborted(patience, isDone))) await lease?.revoke(this.#client, AbortSignal.timeout(revokingMs));
      await transaction;
    }
    this.#count(outcomes);
    return outcomes.size;
  }

  async #receiveAndHandle(tx: Transaction): Promise<ReadonlyMap<bigint, Outcome>> {
    const { settings, stop, onWork } = this.#options;
    const messages = await tx.receive(settings.queue, settings.name, settings.maxMessages);
    const [first] = messages;
    if (!first) return new Map();
    onWork();
    let outcomes: ReadonlyMap<bigint, Outcome> = new Map();
    await this.#traced(messages, async () => {
      using abandoned = new LinkedSignal(stop.abandoned);
      outcomes = await this.#handle(messages, abandoned.signal, tx);
      if (stop.abandoned.aborted) throw new Error('the consumer stopped before its handlers were done');
      await tx.settle(first.batchId, toNacks(outcomes));
    });
    return outcomes;
  }

  #handle(
    messages: readonly Message[],
    abandoned: AbortSignal,
    tx?: Transaction,
  ): Promise<ReadonlyMap<bigint, Outcome>> {
    const { settings, handlers, admit, stop } = this.#options;
    const { instrumentation } = this.#client;
    return runBatch(messages, {
      ...settings,
      handlers,
      admit,
      abandoned,
      stopping: stop.stopping,
      around: tx && behindSavepoint(tx),
      attempt: instrumentation && this.#tracedAttempt(instrumentation),
    });
  }

  #tracedAttempt(instrumentation: Instrumentation): NonNullable<BatchRunOptions['attempt']> {
    const { queue, name: consumer } = this.#options.settings;
    return (message, attempt, run) => instrumentation.attempt({ queue, consumer, message, attempt }, run);
  }

  #traced(messages: readonly Message[], run: () => Promise<void>): Promise<void> {
    const { queue, name: consumer } = this.#options.settings;
    const { instrumentation } = this.#client;
    return instrumentation ? instrumentation.batch({ queue, consumer, messages }, run) : run();
  }

  #count(outcomes: ReadonlyMap<bigint, Outcome>): void {
    const counts = { acked: 0, retried: 0, dead: 0 };
    for (const { outcome } of outcomes.values()) {
      counts[outcome === 'ack' ? 'acked' : outcome === 'retry' ? 'retried' : 'dead'] += 1;
    }
    this.counts.acked += counts.acked;
    this.counts.retried += counts.retried;
    this.counts.dead += counts.dead;
    const { queue, name: consumer } = this.#options.settings;
    if (outcomes.size > 0) this.#client.instrumentation?.settled({ queue, consumer, ...counts });
  }

  #warn(message: string): void {
    const { queue, name: consumer } = this.#options.settings;
    this.#client.logger.warn(message, { queue, consumer });
  }
}
