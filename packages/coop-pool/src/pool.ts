import { type AnyQueue, type Consumer, ConsumerError, type Duration, toMs } from '@pgque/consumer';
import type { Client } from 'pgque';
import { newConsumer } from './parent/new-consumer.ts';
import { Slot } from './parent/slot.ts';
import { PoolError } from './pool-error.ts';
import type { PoolHealth, PoolState } from './pool-health.ts';
import type { PoolOptions } from './pool-options.ts';
import { type PoolSettings, toSettings } from './pool-settings.ts';

/** For threads to end when the handlers cannot be loaded any more. */
const failingMs = 5000;

/**
 * A consumer whose handlers run in threads. Each thread has a member of the consumer, which lives here, in the parent: it
 * receives, sends heartbeats and settles, so that what becomes of a thread loses no message and no lease. `run()`,
 * `start()` or `drain()` it, once.
 */
export class Pool<Queue extends AnyQueue = string> implements AsyncDisposable {
  readonly #client: Client;
  readonly #options: PoolOptions<Queue>;
  readonly #settings: PoolSettings;
  readonly #slots: readonly Slot[];
  readonly #ended = Promise.withResolvers<void>();
  #consumers: readonly Consumer[] = [];
  #state: PoolState = 'idle';
  #failure: { readonly error: unknown } | undefined;
  #stopped: Promise<void> | undefined;

  /** @internal */
  constructor(client: Client, options: PoolOptions<Queue>) {
    this.#client = client;
    this.#options = options;
    this.#settings = toSettings(options);
    this.#slots = Array.from({ length: this.#settings.threads }, (_, index) => this.#newSlot(index));
  }

  get queue(): string {
    return this.#settings.queue;
  }

  get name(): string {
    return this.#settings.name;
  }

  /**
   * Starts, and resolves when it has stopped: by `stop()`, or by the signal. Rejects when the start is refused, and when the
   * handlers cannot be loaded any more.
   */
  async run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const stop = (): void => void this.stop();
    if (signal?.aborted) return;
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await this.start();
      await this.#ended.promise;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    this.#throwFailure();
  }

  /** Starts, and resolves when it works. Rejects when the handlers cannot be loaded, and as the start of a consumer does. */
  async start(): Promise<void> {
    await this.#begin(async (consumer) => void (await consumer.start()));
    if (this.#state === 'starting') this.#state = 'working';
  }

  /** Works until nothing is left up to the newest tick, stops, and answers how many messages were handled. */
  async drain(timeout: Duration = '30s'): Promise<number> {
    toMs(timeout, 'timeout');
    let late: ConsumerError | undefined;
    await this.#begin(async (consumer) => {
      this.#state = 'working';
      await consumer.drain(timeout).catch((error: unknown) => {
        if (!(error instanceof ConsumerError)) throw error;
        late = error;
      });
    });
    await this.stop();
    this.#throwFailure();
    if (late) throw late;
    const { acked, retried, dead } = this.health();
    return acked + retried + dead;
  }

  /**
   * Takes no more messages, waits for the handlers that run, and settles what they did. Handlers that are not done in time
   * are aborted, and their messages come again; threads that go on regardless are terminated. All of it takes no longer than
   * the timeout. A second call waits for the first.
   */
  stop(options: { readonly timeout?: Duration } = {}): Promise<void> {
    const timeoutMs = options.timeout === undefined ? this.#settings.stopTimeoutMs : toMs(options.timeout, 'timeout');
    this.#stopped ??= this.#stop(timeoutMs);
    return this.#stopped;
  }

  /** What it is doing, honestly: a pool that gets no answer, or has no thread, is not healthy. */
  health(): PoolHealth {
    const consumers = this.#consumers.map((consumer) => consumer.health());
    const threads = this.#slots.map((slot) => slot.health);
    const isServed = threads.some(({ state }) => ['ready', 'emptying', 'recycling'].includes(state));
    const sum = (count: 'acked' | 'retried' | 'dead'): number =>
      consumers.reduce((total, health) => total + health[count], 0);
    return {
      isHealthy: this.#state === 'working' && isServed && consumers.every(({ isHealthy }) => isHealthy),
      state: this.#state,
      lastError: this.#failure?.error ?? consumers.find(({ lastError }) => lastError !== undefined)?.lastError,
      threads,
      acked: sum('acked'),
      retried: sum('retried'),
      dead: sum('dead'),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Loads the handlers, first in one thread: a file that is broken is not tried in all of them. */
  async #begin(work: (consumer: Consumer) => Promise<void>): Promise<void> {
    if (this.#state !== 'idle') {
      throw new PoolError('already_started', `the pool ${this.name} of queue ${this.queue} was started before`);
    }
    this.#state = 'starting';
    const { closed } = this.#client;
    const stop = (): void => void this.stop();
    closed.addEventListener('abort', stop, { once: true });
    void this.#ended.promise.then(() => closed.removeEventListener('abort', stop));
    try {
      const [first, ...others] = this.#slots;
      const types = (await first?.open()) ?? [];
      await Promise.all(others.map((slot) => slot.open()));
      if (this.#stopped) return;
      this.#consumers = this.#slots.map((slot) => newConsumer(this.#client, this.#options, { slot, types }));
      await Promise.all(this.#consumers.map(work));
    } catch (error) {
      await this.#fail(error);
      throw error;
    }
  }

  #newSlot(index: number): Slot {
    const { member, ...settings } = this.#settings;
    return new Slot({
      ...settings,
      thread: { ...settings, name: `${member}-${index + 1}`, wantsResults: settings.onResult !== undefined },
      logger: this.#client.logger,
      onFailed: (error) => void this.#fail(error),
    });
  }

  /** Nothing that is tried again would help. */
  async #fail(error: unknown): Promise<void> {
    if (!this.#failure && !this.#stopped) {
      this.#failure = { error };
      const { queue, name: consumer } = this;
      this.#client.logger.error('the pool has failed', { queue, consumer, error });
    }
    await this.stop({ timeout: Math.min(failingMs, this.#settings.stopTimeoutMs) });
  }

  async #stop(timeoutMs: number): Promise<void> {
    const wasIdle = this.#state === 'idle';
    this.#state = this.#failure ? 'failed' : 'stopping';
    const endsAt = performance.now() + timeoutMs;
    // The last part is for the threads.
    const timeout = timeoutMs - Math.min(2000, timeoutMs / 5);
    const stopping = this.#slots.map(async (slot, index) => {
      await this.#consumers[index]?.stop({ timeout });
      await slot.close(Math.max(0, endsAt - performance.now()));
    });
    if (!wasIdle) await Promise.all(stopping);
    if (!this.#failure) this.#state = 'stopped';
    this.#ended.resolve();
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
