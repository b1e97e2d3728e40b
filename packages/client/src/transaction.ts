import { TransactionEndedError } from './errors/transaction-errors.ts';
import type { Connection } from './executor/connection.ts';
import type { ExecuteOptions, Executor, Parameter, Row } from './executor/executor.ts';
import { Operations } from './operations/operations.ts';

/** All functions of the engine, and statements of the application, in one transaction; see `client.transaction`. */
export class Transaction extends Operations {
  readonly #gate: TransactionGate;

  /** @internal */
  constructor(gate: TransactionGate) {
    super(gate);
    this.#gate = gate;
  }

  /** Runs a statement of the application and returns its rows, with the values as `pg` parses them. */
  async query<Result extends object = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Result[]> {
    const { rows } = await this.#gate.open().execute({ text, values: [...values] });
    return rows as Result[];
  }
}

/** Keeps a transaction that somebody held on to from using a connection that is no longer its own. */
export class TransactionGate implements Executor {
  #connection: Connection | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  open(): Connection {
    if (this.#connection) return this.#connection;
    throw new TransactionEndedError('transaction_ended', 'the transaction has ended');
  }

  close(): void {
    this.#connection = undefined;
  }

  async query(text: string, values: readonly Parameter[], options?: ExecuteOptions): Promise<readonly Row[]> {
    return await this.open().query(text, values, options);
  }
}
