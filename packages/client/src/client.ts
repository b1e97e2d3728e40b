import { BorrowedExecutor } from './executor/borrowed-executor.ts';
import type { ConnectionPool } from './executor/connection-pool.ts';
import type { PgQueryable } from './executor/pg-queryable.ts';
import { Operations } from './operations/operations.ts';
import { Transaction, TransactionGate } from './transaction.ts';

/**
 * A client with a pool of connections of its own, made by `connect()`. Each call is a transaction of its own and takes any
 * free connection. When the server goes away, calls reject with a `ConnectionError`; when it is back, they work again.
 */
export class Client extends Operations implements AsyncDisposable {
  readonly #pool: ConnectionPool;

  /** @internal */
  constructor(pool: ConnectionPool) {
    super(pool);
    this.#pool = pool;
  }

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws. Receive, write and ack in it
   * and each message takes effect exactly once.
   */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.#pool.transaction(async (connection) => {
      const gate = new TransactionGate(connection);
      try {
        return await work(new Transaction(gate));
      } finally {
        gate.close();
      }
    });
  }

  /** The same functions on a connection of `pg` that the application has opened, in its transaction if there is one. */
  using(connection: PgQueryable): Operations {
    return new Operations(new BorrowedExecutor(connection));
  }

  /** Waits for calls in flight, at most `closeTimeoutMs`, and closes all connections. A second call does nothing. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
