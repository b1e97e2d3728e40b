import { TransactionEndedError } from './errors/transaction-errors.ts';
import type { ExecuteOptions, Parameter, Queryable, Row, TransactionExecutor } from './executor/executor.ts';
import type { Instrumentation } from './instrumentation.ts';
import { Operations } from './operations/operations.ts';

/** All functions of the engine, and statements of the application, in one transaction; see `client.transaction`. */
export class Transaction<Native = unknown> extends Operations {
  readonly #gate: TransactionGate<Native>;

  /** @internal */
  constructor(gate: TransactionGate<Native>, instrumentation?: Instrumentation) {
    super(gate, instrumentation);
    this.#gate = gate;
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
    return this.#gate.open().savepoint((executor) => runGated(executor, this.instrumentation, work));
  }
}

/** Runs the work with a transaction that ends with it. */
export async function runGated<Native, Result>(
  executor: TransactionExecutor<Native>,
  instrumentation: Instrumentation | undefined,
  work: (tx: Transaction<Native>) => Promise<Result>,
): Promise<Result> {
  const gate = new TransactionGate(executor);
  try {
    return await work(new Transaction(gate, instrumentation));
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
