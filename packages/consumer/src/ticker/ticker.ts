import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, PendingTicks, Session } from 'pgque';
import { unlessAborted } from '../aborted.ts';
import { Backoff } from '../backoff.ts';
import { ConsumerError } from '../consumer-error.ts';
import { type Duration, toMs } from '../duration.ts';
import { isPassing } from '../is-passing.ts';
import { openLeasedSession } from '../leased-session.ts';
import { Leader, type LeaderOptions } from './leader.ts';
import { tickUnelected } from './tick-unelected.ts';
import type { TickerHealth } from './ticker-health.ts';
import type { TickerOptions } from './ticker-options.ts';

/** A leader that was silent for so long, frozen, cut off or blocked by a handler, leads no more. */
const leaseMs = 6000;

/**
 * Ticks, moves retries and delayed sends, and rotates the logs: everything that pg_cron would do, without pg_cron. Any
 * number of processes may run one; they elect the one that works, by a lock that ends with its session, and the others
 * stand by. Other schedulers beside it do no harm.
 */
export class Ticker implements AsyncDisposable {
  readonly #client: Client;
  readonly #options: LeaderOptions;
  readonly #standbyMs: number;
  readonly #stopping = new AbortController();
  readonly #over = new AbortController();
  readonly #backoff = new Backoff(50, 2000);
  #ready = Promise.withResolvers<void>();
  #run: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #state: TickerHealth['state'] = 'idle';
  #lastAnswerAt: Date | null = null;
  #lastError: unknown;
  /** Whether this outage was logged. */
  #isTold = false;
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
      onTurn: (pending) => this.#note(pending),
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
    if (this.#run || this.#stopped) throw new ConsumerError('already_started', 'the ticker was started before');
    const { resolve, reject } = this.#ready;
    const run = this.#work();
    run.then(resolve, reject);
    this.#run = run.catch(() => {});
    this.#endWith(this.#client.closed);
    await this.#ready.promise;
  }

  /**
   * Finishes what is under way, and leaves the lead to another process. It takes no longer than the timeout, whatever the
   * server does. A second call waits for the first.
   */
  stop({ timeout = '10s' }: { readonly timeout?: Duration } = {}): Promise<void> {
    this.#stopped ??= this.#stop(toMs(timeout, 'timeout'));
    return this.#stopped;
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

  async #stop(timeoutMs: number): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#over.abort(), timeoutMs);
    await this.#run;
    clearTimeout(timer);
    this.#over.abort();
    this.#state = 'stopped';
  }

  /** Without its client there is nothing it could do. */
  #endWith(closed: AbortSignal): void {
    const end = (): void => {
      this.#lastError = closed.reason;
      this.#stopping.abort();
      this.#over.abort();
    };
    if (closed.aborted) end();
    closed.addEventListener('abort', end, { once: true });
    void this.#run?.then(() => closed.removeEventListener('abort', end));
  }

  /** One session after the other, for ever. */
  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    this.#enter('connecting');
    while (!signal.aborted) {
      try {
        await unlessAborted(this.#over.signal, this.#serve());
      } catch (error) {
        if (signal.aborted) break;
        this.#lastError = error;
        if (this.#lastAnswerAt === null && !isPassing(error)) throw error;
        this.#enter('recovering');
        if (!this.#isTold) this.#client.logger.warn('the ticker cannot go on and tries again', { error });
        this.#isTold = true;
        await this.#backoff.pause(signal);
      }
    }
    this.#enter('stopped');
  }

  /** On one session: stands by until it leads, and leads until the stop. */
  async #serve(): Promise<void> {
    const { signal } = this.#stopping;
    await using session = await openLeasedSession(this.#client, { leaseMs, signal });
    if (!session) return await tickUnelected(this.#client, { ...this.#options, longestMs: this.#standbyMs, signal });
    const drop = (): void => void session.close();
    this.#over.signal.addEventListener('abort', drop, { once: true });
    // What is under way elsewhere may take long to fail, and somebody else leads by now.
    void session.closed.then(() => this.#enter('recovering'));
    try {
      await this.#lead(session, signal);
    } finally {
      this.#over.signal.removeEventListener('abort', drop);
    }
  }

  async #lead(session: Session, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (await session.leadTicker()) return await new Leader(this.#client, session, this.#options).lead(signal);
      this.#noteAnswer('standing-by');
      await sleep(this.#standbyMs * (0.8 + Math.random() * 0.2), undefined, { signal }).catch(() => {});
    }
  }

  /** It has ticked: only then does it lead. A server that is read-only gives the lock and no tick. */
  #note({ ticked, isDoorbell }: PendingTicks): void {
    this.#noteAnswer('leading');
    this.#ticked += ticked;
    this.#isRung ||= isDoorbell;
  }

  #noteAnswer(state: 'leading' | 'standing-by'): void {
    this.#lastAnswerAt = new Date();
    this.#isTold = false;
    this.#enter(state);
    this.#backoff.reset();
    this.#ready.resolve();
  }

  #enter(state: TickerHealth['state']): void {
    if (this.#state !== 'stopped') this.#state = state;
  }
}
