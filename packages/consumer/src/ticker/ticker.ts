import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, PendingTicks } from 'pgque';
import { isRetryable } from 'pgque';
import { Backoff } from '../backoff.ts';
import { ConsumerError } from '../consumer-error.ts';
import { toMs } from '../duration.ts';
import { Leader } from './leader.ts';
import type { TickerHealth } from './ticker-health.ts';
import type { TickerOptions } from './ticker-options.ts';

/**
 * Ticks, moves retries and delayed sends, and rotates the logs: everything that pg_cron would do, without pg_cron. Any
 * number of processes may run one; they elect the one that works, by a lock that ends with its session, and the others
 * stand by. Other schedulers beside it do no harm.
 */
export class Ticker implements AsyncDisposable {
  readonly #client: Client;
  readonly #options: { readonly minMs: number; readonly maxMs: number; readonly maintIntervalMs: number };
  readonly #standbyMs: number;
  readonly #stopping = new AbortController();
  #run: Promise<void> | undefined;
  #state: TickerHealth['state'] = 'idle';
  #lastAnswerAt: Date | null = null;
  #lastError: unknown;
  #isRung = false;
  #ticked = 0;

  /** @internal */
  constructor(client: Client, options: TickerOptions) {
    this.#client = client;
    this.#standbyMs = toMs(options.standbyInterval ?? '1s', 'standbyInterval');
    this.#options = {
      minMs: toMs(options.minInterval ?? '1ms', 'minInterval'),
      maxMs: toMs(options.maxInterval ?? '50ms', 'maxInterval'),
      maintIntervalMs: toMs(options.maintInterval ?? '5s', 'maintInterval'),
    };
  }

  /** Starts, and resolves when it has stopped. Rejects when it may not tick: no permission, no engine. */
  async run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const stop = (): void => void this.stop();
    if (signal?.aborted) return;
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await this.start();
      await this.#run;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Starts, and resolves when it leads or stands by. Rejects as `run()` does. */
  async start(): Promise<void> {
    if (this.#run) throw new ConsumerError('already_started', 'the ticker was started before');
    const ready = Promise.withResolvers<void>();
    this.#run = this.#work(ready.resolve).then(ready.resolve, ready.reject);
    await ready.promise;
  }

  /** Finishes what is under way, and leaves the lead to another process. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#run;
    this.#state = 'stopped';
  }

  health(): TickerHealth {
    return {
      isHealthy: this.#state === 'leading' || this.#state === 'standing-by',
      state: this.#state,
      lastAnswerAt: this.#lastAnswerAt,
      lastError: this.#lastError,
      isRung: this.#isRung,
      ticked: this.#ticked,
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** One session after the other, for ever. */
  async #work(onReady: () => void): Promise<void> {
    const { signal } = this.#stopping;
    const backoff = new Backoff(50, 5000);
    this.#state = 'connecting';
    while (!signal.aborted) {
      try {
        await this.#serve(() => {
          backoff.reset();
          onReady();
        });
      } catch (error) {
        if (signal.aborted) break;
        if (!isRetryable(error) && this.#lastAnswerAt === null) throw error;
        this.#lastError = error;
        if (this.#state !== 'recovering')
          this.#client.logger.warn('the ticker lost its connection and opens another', { error });
        this.#state = 'recovering';
        await backoff.pause(signal);
      }
    }
    this.#state = 'stopped';
  }

  /** On one session: stands by until it leads, and leads until the stop. */
  async #serve(onReady: () => void): Promise<void> {
    const { signal } = this.#stopping;
    await using session = await this.#client.openSession();
    while (!signal.aborted) {
      const isLeading = await session.leadTicker();
      this.#lastAnswerAt = new Date();
      this.#state = isLeading ? 'leading' : 'standing-by';
      onReady();
      if (!isLeading) await sleep(this.#standbyMs * (0.8 + Math.random() * 0.2), undefined, { signal }).catch(() => {});
      else
        await new Leader(this.#client, session, { ...this.#options, onTurn: (pending) => this.#note(pending) }).lead(
          signal,
        );
    }
  }

  #note({ ticked, isDoorbell }: PendingTicks): void {
    this.#lastAnswerAt = new Date();
    this.#ticked += ticked;
    this.#isRung ||= isDoorbell;
  }
}
