import { type Client, type Instrumentation, isRetryable, type Message, type Transaction } from 'pgque';
import { aborted } from './aborted.ts';
import { Backoff } from './backoff.ts';
import type { ConsumerHealth, ConsumerState } from './consumer-health.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import type { HandlerRegistry } from './handling/handler-registry.ts';
import { type Outcome, toNacks } from './handling/outcome.ts';
import { type BatchRunOptions, runBatch } from './handling/run-batch.ts';
import { behindSavepoint } from './handling/savepoints.ts';
import { settleBatch } from './settle-batch.ts';
import { joinAlone } from './source/join.ts';
import { MemberSource, newMemberName } from './source/member-source.ts';
import { PlainSource } from './source/plain-source.ts';
import { SoleGuard } from './source/sole-guard.ts';
import type { Source } from './source/source.ts';
import { Stop } from './stop.ts';
import { TickerWatch } from './ticker-watch.ts';
import { Waker } from './wake-up/waker.ts';

export interface LoopOptions {
  readonly settings: ConsumerSettings;
  readonly handlers: HandlerRegistry;
  readonly admit: BatchRunOptions['admit'];
}

/**
 * The life of a consumer between its start and its stop: see `ConsumerState`.
 *
 * - A batch is settled only when every message of it has an outcome, and the next is received only when that is stored.
 * - Whatever the server does, the loop goes on: it tries again with growing pauses, and says so. Only the start is refused,
 *   by what no retry will change: no such queue, no subscription, no permission.
 * - A stop holds its bound. Afterwards no batch is open, unless the server could not be told.
 */
export class ConsumerLoop {
  readonly stop = new Stop();
  readonly #client: Client;
  readonly #options: LoopOptions;
  readonly #source: Source;
  readonly #guard: SoleGuard | undefined;
  readonly #waker: Waker;
  readonly #watch: TickerWatch;
  readonly #counts = { acked: 0, retried: 0, dead: 0 };
  #state: ConsumerState = 'idle';
  #since = new Date();
  #lastAnswerAt: Date | null = null;
  #lastError: unknown;

  constructor(client: Client, options: LoopOptions) {
    const { settings } = options;
    const { queue, name, members } = settings;
    this.#client = client;
    this.#options = options;
    this.#source =
      members === undefined
        ? new PlainSource(client, settings)
        : new MemberSource(client, { ...settings, member: members === 'auto' ? newMemberName() : members });
    this.#guard = members === undefined ? new SoleGuard(client, queue, name) : undefined;
    this.#waker = new Waker(client, `pgque_${queue}`);
    this.#watch = new TickerWatch(client, queue);
  }

  get health(): ConsumerHealth {
    return {
      isHealthy: ['waiting', 'working', 'standing-by'].includes(this.#state),
      state: this.#state,
      since: this.#since,
      lastAnswerAt: this.#lastAnswerAt,
      lastError: this.#lastError,
      isHearing: this.#waker.isHearing,
      ...this.#counts,
    };
  }

  /** Rejects when the start is refused; resolves when it has succeeded, or when it was stopped before. */
  async prepare(): Promise<void> {
    this.#enter('starting');
    const { stopping } = this.stop;
    const backoff = new Backoff(100, 10_000);
    while (!stopping.aborted) {
      try {
        await this.#subscribe();
        this.#lastAnswerAt = new Date();
        return;
      } catch (error) {
        if (!isRetryable(error)) {
          this.#lastError = error;
          this.#enter('failed');
          await this.#release();
          throw error;
        }
        this.#recover(error);
        await backoff.pause(stopping);
      }
    }
  }

  /** Works until the stop, or until nothing is left. Never rejects. */
  async work(until: 'stopped' | 'empty'): Promise<void> {
    const { stopping } = this.stop;
    const backoff = new Backoff(100, 10_000);
    while (!stopping.aborted) {
      try {
        await this.#guard?.pass(stopping, () => this.#standBy());
        if (stopping.aborted) break;
        this.#waker.reset();
        const handled =
          this.#options.settings.mode === 'exactly-once' ? await this.#turnInTransaction() : await this.#turn();
        this.#lastAnswerAt = new Date();
        backoff.reset();
        if (handled > 0) continue;
        if (until === 'empty') break;
        this.#enter('waiting');
        void this.#watch.look();
        await this.#waker.wait(this.#source.pollIntervalMs(this.#waker.isHearing), stopping);
      } catch (error) {
        if (stopping.aborted) break;
        this.#recover(error);
        await backoff.pause(stopping);
      }
    }
    this.#enter('stopping');
    await Promise.race([this.#release(), aborted(this.stop.over)]);
    this.stop.end();
    this.#enter('stopped');
  }

  async #subscribe(): Promise<void> {
    const { queue, name, startAt } = this.#options.settings;
    if (this.#source instanceof MemberSource) return await this.#source.join(startAt);
    await joinAlone(this.#client, queue, name, startAt);
  }

  /** Receives, handles, settles. Answers how many messages there were. */
  async #turn(): Promise<number> {
    const messages = await this.#source.receive();
    const [first] = messages;
    if (!first) return 0;
    this.#enter('working');
    const { lost } = this.#source;
    await this.#traced(messages, async () => {
      const outcomes = await this.#handle(messages, AbortSignal.any([this.stop.abandoned, lost]));
      if (lost.aborted) {
        this.#client.logger.warn('a batch was taken over by another member before it was settled', this.#about());
        return;
      }
      this.#source.settling();
      const nacks = toNacks(outcomes);
      const onError = (error: unknown): void => this.#recover(error);
      const result = await settleBatch(this.#client, first.batchId, nacks, { over: this.stop.over, onError });
      if (result === 'stored') this.#count(outcomes);
      else if (result === 'lost') this.#client.logger.warn('a batch was settled by another process', this.#about());
      else this.#client.logger.error('a batch could not be settled before the stop: it will come again', this.#about());
    });
    return messages.length;
  }

  /** The same in one transaction, which is rolled back when its handlers are given up. */
  async #turnInTransaction(): Promise<number> {
    const { queue, name, maxMessages } = this.#options.settings;
    let outcomes: ReadonlyMap<bigint, Outcome> = new Map();
    await this.#client.transaction(async (tx) => {
      const messages = await tx.receive(queue, name, maxMessages);
      const [first] = messages;
      if (!first) return;
      this.#enter('working');
      await this.#traced(messages, async () => {
        outcomes = await this.#handle(messages, this.stop.abandoned, tx);
        if (this.stop.abandoned.aborted) throw new Error('the consumer stopped before its handlers were done');
        await tx.settle(first.batchId, toNacks(outcomes));
      });
    });
    this.#count(outcomes);
    return outcomes.size;
  }

  #handle(
    messages: readonly Message[],
    abandoned: AbortSignal,
    tx?: Transaction,
  ): Promise<ReadonlyMap<bigint, Outcome>> {
    const { settings, handlers, admit } = this.#options;
    const { instrumentation } = this.#client;
    return runBatch(messages, {
      ...settings,
      handlers,
      admit,
      abandoned,
      stopping: this.stop.stopping,
      tx,
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
    this.#counts.acked += counts.acked;
    this.#counts.retried += counts.retried;
    this.#counts.dead += counts.dead;
    const { queue, name: consumer } = this.#options.settings;
    if (outcomes.size > 0) this.#client.instrumentation?.settled({ queue, consumer, ...counts });
  }

  #standBy(): void {
    this.#enter('standing-by');
    this.#client.logger.info(
      "another process reads for this consumer; this one stands by (see members: 'auto')",
      this.#about(),
    );
  }

  /** Told once for each outage. */
  #recover(error: unknown): void {
    this.#lastError = error;
    if (this.#state === 'recovering') return;
    if (this.#state !== 'stopping') this.#enter('recovering');
    this.#client.logger.warn('the consumer cannot go on and tries again', { ...this.#about(), error });
  }

  async #release(): Promise<void> {
    this.#waker.close();
    await this.#guard?.close();
    await this.#source.leave().catch((error: unknown) => {
      this.#client.logger.warn('the consumer could not take its leave of the server', { ...this.#about(), error });
    });
  }

  #enter(state: ConsumerState): void {
    if (this.#state === state) return;
    if (this.#state === 'recovering' && state !== 'stopping' && state !== 'stopped') {
      this.#client.logger.info('the consumer goes on', this.#about());
    }
    this.#state = state;
    this.#since = new Date();
  }

  #about(): { readonly queue: string; readonly consumer: string } {
    const { queue, name } = this.#options.settings;
    return { queue, consumer: name };
  }
}
