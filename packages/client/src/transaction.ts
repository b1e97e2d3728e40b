import { TransactionEndedError } from './errors/transaction-errors.ts';
import type { ExecuteOptions, Parameter, Queryable, Row, TransactionExecutor } from './executor/executor.ts';
import type { Headers } from './headers.ts';
import type { Instrumentation } from './instrumentation.ts';
import type { Logger } from './logger.ts';
import type { Message } from './message.ts';
import { Operations } from './operations/operations.ts';
import { nameOf, type QueueName } from './typed/queue-definition.ts';

/** What a transaction has of its client, and its savepoints of it. */
export interface TransactionContext {
  readonly instrumentation: Instrumentation | undefined;
  readonly logger: Logger;
  /** The queues that it has sent to. */
  readonly sentTo: Set<string>;
}

/** All functions of the engine, and statements of the application, in one transaction; see `client.transaction`. */
export class Transaction<Native = unknown> extends Operations {
  readonly #gate: TransactionGate<Native>;
  readonly #context: TransactionContext;

  /** @internal */
  constructor(gate: TransactionGate<Native>, context: TransactionContext) {
    super(gate, context.instrumentation);
    this.#gate = gate;
    this.#context = context;
  }

  /** The transaction as its driver, query builder or ORM knows it: of `connect()` the connection of `pg`. */
  get native(): Native {
    return this.#gate.open().native;
  }

  /** Runs a statement of the application and returns its rows, with the values as the driver parses them. */
  async query<Result extends object = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Result[]> {
    const rows = await this.#gate.open().query(text, values as readonly Parameter[], { isParsed: true });
    return rows as unknown as Result[];
  }

  /**
   * Keeps what the work did when it returns, and undoes it when it throws, with what it threw; the transaction goes on. One
   * at a time.
   */
  savepoint<Result>(work: (tx: Transaction<Native>) => Promise<Result>): Promise<Result> {
    return this.#gate.open().savepoint((executor) => runGated(executor, this.#context, work));
  }

  /** As `client.receive()`. What this transaction sends is delivered after its commit and a later tick, never here. */
  override async receive(queue: QueueName, consumer: string, maxMessages?: number): Promise<Message[]> {
    const messages = await super.receive(queue, consumer, maxMessages);
    const { sentTo, logger } = this.#context;
    if (messages.length === 0 && sentTo.delete(nameOf(queue))) {
      logger.warn(
        'a transaction that has sent to a queue receives nothing from it: what it sends is delivered after its commit and a later tick',
        { queue: nameOf(queue), consumer },
      );
    }
    return messages;
  }

  protected override traced<Result>(
    queue: string,
    count: number,
    send: (headers?: Headers) => Promise<Result>,
  ): Promise<Result> {
    this.#context.sentTo.add(queue);
    return super.traced(queue, count, send);
  }
}

/** Runs the work with a transaction that ends with it. */
export async function runGated<Native, Result>(
  executor: TransactionExecutor<Native>,
  context: TransactionContext,
  work: (tx: Transaction<Native>) => Promise<Result>,
): Promise<Result> {
  const gate = new TransactionGate(executor);
  try {
    return await work(new Transaction(gate, context));
  } finally {
    gate.close();
  }
}

/** Keeps a transaction that somebody held on to from using a connection that is no longer its own. */
class TransactionGate<Native> implements Queryable {
  #executor: TransactionExecutor<Native> | undefined;

  constructor(executor: TransactionExecutor<Native>) {
    this.#executor = executor;
  }

  open(): TransactionExecutor<Native> {
    if (this.#executor) return this.#executor;
    throw new TransactionEndedError();
  }

  close(): void {
    this.#executor = undefined;
  }

  async query(text: string, values: readonly Parameter[], options?: ExecuteOptions): Promise<readonly Row[]> {
    return await this.open().query(text, values, options);
  }
}
