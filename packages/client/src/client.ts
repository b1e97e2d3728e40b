import type { ClientOptions } from './client-options.ts';
import type { ConnectOptions } from './connect-options.ts';
import { ClientClosedError } from './errors/connection-errors.ts';
import { InvalidArgumentError } from './errors/engine-errors.ts';
import type { Executor } from './executor/executor.ts';
import type { PgQueryable } from './executor/pg-queryable.ts';
import { settlesWithin } from './executor/settles-within.ts';
import { toQueryable } from './executor/to-queryable.ts';
import { consoleLogger, type Logger } from './logger.ts';
import { Operations } from './operations/operations.ts';
import { type Page, type PagesOptions, readPages } from './pages.ts';
import { type OutgoingEvent, sendBatchStatement, sendStatement } from './sending/outgoing-event.ts';
import { SendGatherer } from './sending/send-gatherer.ts';
import { Listener, type Subscription } from './session/listener.ts';
import { openSession, type Session } from './session/session.ts';
import { runGated, type Transaction } from './transaction.ts';
import type { QueueName } from './typed/queue-definition.ts';

/**
 * A client, made by `connect()` or `createClient()`. Each call is a transaction of its own and takes any free connection.
 * When the server goes away, calls reject with a `ConnectionError`; when it is back, they work again.
 */
export class Client<Native = unknown> extends Operations implements AsyncDisposable {
  /** Where this client and what is built on it say what goes on. */
  readonly logger: Logger;
  /** How to open a session of one's own on the server; `undefined` when nobody has said. */
  readonly direct: ConnectOptions | undefined;
  readonly #executor: Executor<Native>;
  readonly #gatherer: SendGatherer | undefined;
  readonly #closeTimeoutMs: number;
  readonly #listener: Listener | undefined;
  readonly #closed = new AbortController();
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(executor: Executor<Native>, options: ClientOptions) {
    super(executor, options.instrumentation);
    this.logger = options.logger ?? consoleLogger;
    this.direct = typeof options.direct === 'string' ? { url: options.direct } : options.direct;
    this.#executor = executor;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 10_000;
    const { direct } = this;
    if (direct) {
      this.#listener = new Listener({
        open: (signal) => openSession(direct, signal),
        notify: (channel, payload) => executor.query('select pg_notify($1::text, $2::text)::text', [channel, payload]),
        logger: this.logger,
      });
    }
    if (options.gatherSends ?? true) {
      this.#gatherer = new SendGatherer({
        send: (queue, event) => this.run(() => sendStatement(queue, event)),
        sendBatch: (queue, events) => this.run(() => sendBatchStatement(queue, events)),
      });
    }
  }

  /** Aborted by `close()`, for what is built on this client. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws. Receive, write and ack in it
   * and each message takes effect exactly once.
   */
  transaction<Result>(work: (tx: Transaction<Native>) => Promise<Result>): Promise<Result> {
    const { instrumentation, logger } = this;
    const context = { instrumentation, logger, sentTo: new Set<string>() };
    return this.#executor.transaction((executor) => runGated(executor, context, work));
  }

  /**
   * The same functions on a connection that the application has opened, in its transaction if there is one: one of `pg`,
   * or of another library through its adapter, such as `fromDrizzle(tx)`.
   */
  using(connection: PgQueryable | Executor): Operations {
    return new Operations(toQueryable(connection), this.instrumentation);
  }

  /**
   * What a consumer has not acknowledged yet, up to the newest tick, page by page: `for await (const page of …)`. A page is
   * acknowledged when the loop goes on to the next. Where the loop is left, by an exception, `break` or `return`, the page
   * is delivered again. It holds one page in memory, however large the window is.
   */
  pages(queue: QueueName, consumer: string, options: PagesOptions = {}): AsyncGenerator<Page, void, undefined> {
    return readPages(this, queue, consumer, options);
  }

  /**
   * Calls `hear` for each notification of a channel, and with `undefined` when some may have been missed. All channels
   * share one connection, which is opened again when it breaks. `undefined` when the client has no direct connection.
   */
  listen(channel: string, hear: (payload: string | undefined) => void): Subscription | undefined {
    return this.#listener?.subscribe(channel, hear);
  }

  /** Tells those of this client who listen to a channel, before the notification of the server arrives; it still will. */
  announce(channel: string, payload: string): void {
    this.#listener?.announce(channel, payload);
  }

  /** Opens a connection of its own on the direct address. */
  async openSession(): Promise<Session> {
    if (this.direct) return await openSession(this.direct);
    throw new InvalidArgumentError('invalid_argument', 'the client has no direct connection', {
      hint: "Say how to connect to the server itself: createClient(executor, { direct: 'postgresql://…' }).",
    });
  }

  /** Waits for calls in flight, at most `closeTimeoutMs`, and closes all connections. A second call does nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected override deliver(queue: string, event: OutgoingEvent): Promise<bigint> {
    if (!this.#gatherer) return super.deliver(queue, event);
    // What waits for its group would be taken for a new call by then.
    if (this.#closing) return Promise.reject(new ClientClosedError());
    return this.#gatherer.send(queue, event);
  }

  async #close(): Promise<void> {
    const startedAt = performance.now();
    this.#closed.abort(new ClientClosedError());
    const quiet = this.#listener?.close();
    if (this.#gatherer) await settlesWithin(this.#gatherer.idle(), this.#closeTimeoutMs);
    await this.#executor.close(Math.max(1, this.#closeTimeoutMs - (performance.now() - startedAt)));
    await quiet;
  }
}
