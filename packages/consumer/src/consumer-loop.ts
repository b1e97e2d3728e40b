import type { Client } from 'pgque';
import { unlessAborted } from './aborted.ts';
import { Backoff } from './backoff.ts';
import type { ConsumerHealth, ConsumerState } from './consumer-health.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import type { HandlerRegistry } from './handling/handler-registry.ts';
import type { BatchRunOptions } from './handling/run-batch.ts';
import { isPassing } from './is-passing.ts';
import { joinAlone } from './source/join.ts';
import { MemberSource, newMemberName } from './source/member-source.ts';
import { PlainSource } from './source/plain-source.ts';
import { SoleGuard } from './source/sole-guard.ts';
import type { Source } from './source/source.ts';
import { Stop } from './stop.ts';
import { TickerWatch } from './ticker-watch.ts';
import { Turns } from './turns.ts';
import { Waker } from './wake-up/waker.ts';

export interface LoopOptions {
  readonly settings: ConsumerSettings;
  readonly handlers: HandlerRegistry;
  readonly admit: BatchRunOptions['admit'];
}

/** A server that takes longer to say whether there is anything does not answer. */
const answerTimeoutMs = 10_000;

/**
 * The life of a consumer between its start and its stop: see `ConsumerState`.
 *
 * - A batch is settled only when every message of it has an outcome, and the next is received only when that is stored.
 * - Whatever the server does, the loop goes on: it tries again with growing pauses, and says so. Only the start is refused,
 *   by what no retry will change: no such queue, no subscription, no permission.
 * - A stop holds its bound. Afterwards no batch is open, unless the server could not be told. What is still under way
 *   then counts for nothing any more.
 */
export class ConsumerLoop {
  readonly stop = new Stop();
  readonly #client: Client;
  readonly #settings: ConsumerSettings;
  readonly #source: Source;
  readonly #guard: SoleGuard | undefined;
  readonly #waker: Waker;
  readonly #watch: TickerWatch;
  readonly #turns: Turns;
  #state: ConsumerState = 'idle';
  #since = new Date();
  /** Since when it waits for the server to say whether there is anything. */
  #askedAtMs: number | undefined;
  #lastAnswerAt: Date | null = null;
  #lastError: unknown;

  constructor(client: Client, options: LoopOptions) {
    const { settings } = options;
    const { queue, members } = settings;
    this.#client = client;
    this.#settings = settings;
    if (members === undefined) {
      this.#guard = new SoleGuard(client, settings);
      this.#source = new PlainSource(client, this.#guard, settings);
    } else {
      this.#source = new MemberSource(client, { ...settings, member: members === 'auto' ? newMemberName() : members });
    }
    const isErrandTaken = members === undefined && settings.mode === 'at-least-once';
    this.#waker = new Waker(client, { queue, isErrandTaken });
    this.#watch = new TickerWatch(client, queue);
    this.#turns = new Turns(client, {
      ...options,
      source: this.#source,
      stop: this.stop,
      onWork: () => {
        this.#watch.note();
        this.#noteAnswer();
        this.#enter('working');
        this.#waker.withdraw();
      },
      onHandled: () => this.#waker.offer(),
      onError: (error) => this.#recover(error),
    });
  }

  get health(): ConsumerHealth {
    const isAnswered = this.#askedAtMs === undefined || performance.now() - this.#askedAtMs < answerTimeoutMs;
    const { isTicked } = this.#watch;
    return {
      isHealthy: isAnswered && isTicked && ['waiting', 'working', 'standing-by'].includes(this.#state),
      state: this.#state,
      since: this.#since,
      lastAnswerAt: this.#lastAnswerAt,
      lastError: this.#lastError,
      isHearing: this.#waker.isHearing,
      isTicked,
      ...this.#turns.counts,
    };
  }

  /** Rejects when the start is refused; resolves when it has succeeded, or when it was stopped before. */
  async prepare(): Promise<void> {
    this.#enter('starting');
    const { stopping, over } = this.stop;
    const backoff = new Backoff(100, 2000);
    while (!stopping.aborted) {
      try {
        await unlessAborted(over, this.#subscribe());
        this.#noteAnswer();
        return;
      } catch (error) {
        if (!isPassing(error)) {
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
    const { stopping, over } = this.stop;
    if (stopping.aborted) this.#enter('stopping');
    stopping.addEventListener('abort', () => this.#enter('stopping'), { once: true });
    const { closed } = this.#client;
    const end = (): void => this.#endWithClient(closed);
    if (closed.aborted) end();
    closed.addEventListener('abort', end, { once: true });
    await unlessAborted(over, this.#loop(until));
    this.#enter('stopping');
    await unlessAborted(over, this.#release());
    closed.removeEventListener('abort', end);
    this.stop.end();
    this.#enter('stopped');
  }

  /** There is nobody left to ask. */
  #endWithClient({ reason }: AbortSignal): void {
    this.#lastError = reason;
    this.#client.logger.warn('the consumer ends at once, because its client was closed: stop it first', this.#about());
    this.stop.end();
  }

  async #loop(until: 'stopped' | 'empty'): Promise<void> {
    const { stopping } = this.stop;
    const backoff = new Backoff(100, 2000);
    while (!stopping.aborted) {
      try {
        this.#askedAtMs = performance.now();
        await this.#guard?.pass(stopping, () => this.#standBy());
        if (stopping.aborted) break;
        this.#askedAtMs = performance.now();
        this.#waker.reset();
        const handled = await this.#turns.take(this.#waker.takeErrand());
        this.#noteAnswer();
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
  }

  async #subscribe(): Promise<void> {
    const { queue, name, startAt } = this.#settings;
    if (this.#source instanceof MemberSource) return await this.#source.join(startAt);
    await joinAlone(this.#client, queue, name, startAt);
  }

  #standBy(): void {
    this.#noteAnswer();
    this.#enter('standing-by');
    this.#client.logger.info(
      "another process reads for this consumer; this one stands by (see members: 'auto')",
      this.#about(),
    );
  }

  #noteAnswer(): void {
    this.#lastAnswerAt = new Date();
    this.#askedAtMs = undefined;
  }

  /** Told once for each outage. */
  #recover(error: unknown): void {
    this.#lastError = error;
    if (this.#state === 'recovering' || this.stop.over.aborted) return;
    if (this.#state !== 'stopping') this.#enter('recovering');
    this.#client.logger.warn('the consumer cannot go on and tries again', { ...this.#about(), error });
  }

  async #release(): Promise<void> {
    this.#waker.close();
    const leaving = this.#source.leave(this.stop.over).catch((error: unknown) => {
      this.#client.logger.warn('the consumer could not take its leave of the server', { ...this.#about(), error });
    });
    await Promise.all([leaving, this.#guard?.close()]);
  }

  #enter(state: ConsumerState): void {
    if (this.#state === state || this.#state === 'stopped') return;
    if (this.#state === 'stopping' && state !== 'stopped') return;
    if (this.#state === 'recovering' && state !== 'stopping' && state !== 'stopped') {
      this.#client.logger.info('the consumer goes on', this.#about());
    }
    this.#state = state;
    this.#since = new Date();
  }

  #about(): { readonly queue: string; readonly consumer: string } {
    const { queue, name: consumer } = this.#settings;
    return { queue, consumer };
  }
}
