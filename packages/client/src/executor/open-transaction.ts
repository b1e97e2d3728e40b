import { behindSavepoint } from './behind-savepoint.ts';
import type { ExecuteOptions, Parameter, Queryable, Row, TransactionExecutor } from './executor.ts';
import { OneSavepoint } from './one-savepoint.ts';

/** A transaction on one connection, with savepoints made by statements. */
export class OpenTransaction<Native> implements TransactionExecutor<Native> {
  readonly native: Native;
  readonly #queryable: Queryable;
  readonly #savepoint = new OneSavepoint();

  constructor(native: Native, queryable: Queryable) {
    this.native = native;
    this.#queryable = queryable;
  }

  query(text: string, values: readonly Parameter[], options?: ExecuteOptions): Promise<readonly Row[]> {
    return this.#queryable.query(text, values, options);
  }

  savepoint<Result>(work: (tx: TransactionExecutor<Native>) => Promise<Result>): Promise<Result> {
    return this.#savepoint.run(() =>
      behindSavepoint(
        (text) => this.query(text, []),
        () => work(new OpenTransaction(this.native, this.#queryable)),
      ),
    );
  }
}
