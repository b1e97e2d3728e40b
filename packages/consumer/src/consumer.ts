import { type Client, type Message, parseMessage, type Transaction } from 'pgque';
import { ConsumerError } from './consumer-error.ts';
import type { ConsumerHealth } from './consumer-health.ts';
import { ConsumerLoop } from './consumer-loop.ts';
import type { ConsumerOptions, Mode } from './consumer-options.ts';
import { type ConsumerSettings, toSettings } from './consumer-settings.ts';
import { type Duration, toMs } from './duration.ts';
import type { BatchHandler, BatchHandlerOptions, Handler, HandlerOptions } from './handling/handler.ts';
import { HandlerRegistry } from './handling/handler-registry.ts';
import type { Outcome } from './handling/outcome.ts';
import type { AnyQueue, EventTypeOf, MessageOf } from './typed-queue.ts';

/** What handlers get as `tx`. */
type TxOf<M extends Mode, Native> = M extends 'exactly-once' ? Transaction<Native> : undefined;

/**
 * A consumer of a queue: handlers by type of event, and a loop that receives, handles and settles. Register handlers first,
 * then `run()`, `start()` or `drain()` it, once.
 */
export class Consumer<Queue extends AnyQueue = string, M extends Mode = 'at-least-once', Native = unknown>
  implements AsyncDisposable
{
  readonly #settings: ConsumerSettings;
  readonly #handlers: HandlerRegistry;
  readonly #loop: ConsumerLoop;
  #ended: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  /** @internal */
  constructor(client: Client<Native>, options: ConsumerOptions<Queue, M>) {
    const { queue } = options;
    const settings = toSettings(options, typeof queue === 'string' ? queue : queue?.name);
    this.#settings = settings;
    this.#handlers = new HandlerRegistry({ retry: settings.retry, timeoutMs: settings.handlerTimeoutMs });
    this.#loop = new ConsumerLoop(client as Client, {
      settings,
      handlers: this.#handlers,
      admit: typeof queue === 'string' ? undefined : (message) => admit(queue, message),
    });
  }

  get queue(): string {
    return this.#settings.queue;
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Handles events of a type, or with `'*'` those that no other handler takes. One handler for each type. */
  on<Type extends EventTypeOf<Queue>>(
    type: Type,
    handler: Handler<MessageOf<Queue, Type>, TxOf<M, Native>>,
    options: HandlerOptions = {},
  ): this {
    this.#requireIdle();
    this.#handlers.addSingle(type, handler as Handler<never, never>, options);
    return this;
  }

  /** Handles all events of a type that a batch has with one call. */
  onBatch<Type extends EventTypeOf<Queue>>(
    type: Type,
    handler: BatchHandler<MessageOf<Queue, Type>, TxOf<M, Native>>,
    options: BatchHandlerOptions = {},
  ): this {
    this.#requireIdle();
    this.#handlers.addBatch(type, handler as BatchHandler<never, never>, options);
    return this;
  }

  /** Starts, and resolves when it has stopped: by `stop()`, or by the signal. Rejects when the start is refused. */
  async run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const stop = (): void => void this.stop();
    if (signal?.aborted) return;
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await this.start();
      await this.#ended;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Starts, and resolves when it works. Rejects when the start is refused: no such queue, not subscribed, no permission. */
  async start(): Promise<void> {
    this.#begin();
    const prepared = this.#loop.prepare();
    this.#ended = prepared.then(
      () => this.#loop.work('stopped'),
      () => {},
    );
    await prepared;
  }

  /** Works until nothing is left up to the newest tick, stops, and answers how many messages were handled. */
  async drain(timeout: Duration = '30s'): Promise<number> {
    const timeoutMs = toMs(timeout, 'timeout');
    this.#begin();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#loop.stop.begin(Math.min(this.#settings.stopTimeoutMs, 1000));
    }, timeoutMs);
    try {
      const prepared = this.#loop.prepare();
      this.#ended = prepared.then(
        () => this.#loop.work('empty'),
        () => {},
      );
      await prepared;
      await this.#ended;
    } finally {
      clearTimeout(timer);
    }
    if (isLate) throw new ConsumerError('drain_timeout', `the queue was not empty within ${timeoutMs} ms`);
    const { acked, retried, dead } = this.health();
    return acked + retried + dead;
  }

  /**
   * Takes no more messages, waits for the handlers that run, and settles what they did. Handlers that are not done in time
   * are aborted, and their messages come again. All of it takes no longer than the timeout. A second call waits for the
   * first.
   */
  stop(options: { readonly timeout?: Duration } = {}): Promise<void> {
    const timeoutMs = options.timeout === undefined ? this.#settings.stopTimeoutMs : toMs(options.timeout, 'timeout');
    this.#stopped ??= this.#stop(timeoutMs);
    return this.#stopped;
  }

  /** What it is doing, honestly: a consumer that gets no answer is not healthy. */
  health(): ConsumerHealth {
    return this.#loop.health;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(timeoutMs: number): Promise<void> {
    if (!this.#ended) return this.#loop.stop.end();
    this.#loop.stop.begin(timeoutMs);
    await this.#ended;
  }

  #begin(): void {
    this.#requireIdle();
    if (this.#handlers.types.length > 0) return;
    throw new ConsumerError(
      'no_handlers',
      `consumer ${this.name} of queue ${this.queue} has no handlers: call on() first`,
    );
  }

  #requireIdle(): void {
    if (!this.#ended && !this.#stopped) return;
    throw new ConsumerError('already_started', `consumer ${this.name} of queue ${this.queue} was started before`);
  }
}

async function admit(queue: Exclude<AnyQueue, string>, message: Message): Promise<Message | Outcome> {
  const parsed = await parseMessage(queue, message);
  if (parsed.ok) return { ...message, payload: parsed.payload };
  // A type that the definition lacks may have a handler for all types, which takes the payload as it came.
  return parsed.outcome === 'unknown' ? message : { outcome: 'dead', reason: parsed.reason };
}
