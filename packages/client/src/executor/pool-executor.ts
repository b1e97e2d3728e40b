import { ClientClosedError, ConnectionError } from '../errors/connection-errors.ts';
import { fromConnectError } from '../errors/from-connect-error.ts';
import { TransactionAbortedError } from '../errors/transaction-errors.ts';
import { Connection } from './connection.ts';
import type { ExecuteOptions, Executor, Parameter, Row, TransactionExecutor } from './executor.ts';
import { InFlight } from './in-flight.ts';
import { OpenTransaction } from './open-transaction.ts';
import type { PgQueryable } from './pg-queryable.ts';
import { settlesWithin } from './settles-within.ts';

/** A connection that a pool of `pg` has lent. */
export interface PgPoolClient extends PgQueryable {
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  release(destroy?: boolean): void;
}

/** A `Pool` of `pg`. */
export interface PgPool<Client extends PgPoolClient> {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly options: { readonly max?: number | undefined; readonly statement_timeout?: unknown };
  connect(): Promise<Client>;
}

export interface PoolExecutorOptions {
  /** Milliseconds that a statement may take. @default no limit */
  readonly queryTimeoutMs?: number;
  /** Milliseconds that `close()` waits for calls in flight. @default 10_000 */
  readonly closeTimeoutMs?: number;
  /** Closes the pool, unless it belongs to the application; a graceful end is worth waiting this long. */
  readonly endPool?: (graceMs: number) => Promise<void>;
}

/**
 * Runs each statement on a free connection of a pool.
 *
 * What it promises: every call settles, within the time limits for a connection and for each statement. A connection that
 * breaks rejects the calls that use it, is thrown away, and the next call opens another. Nothing is ever thrown where
 * the caller cannot catch it: a connection has an error listener for as long as it is checked out.
 */
export class PoolExecutor<Client extends PgPoolClient> implements Executor<Client> {
  readonly #pool: PgPool<Client>;
  readonly #options: PoolExecutorOptions;
  readonly #inFlight = new InFlight();
  #closing: Promise<void> | undefined;

  constructor(pool: PgPool<Client>, options: PoolExecutorOptions = {}) {
    this.#pool = pool;
    this.#options = options;
  }

  query(text: string, values: readonly Parameter[], options?: ExecuteOptions): Promise<readonly Row[]> {
    return this.#use((_client, connection) => connection.query(text, values, options));
  }

  transaction<Result>(work: (tx: TransactionExecutor<Client>) => Promise<Result>): Promise<Result> {
    return this.#use(async (client, connection) => {
      await connection.query('begin', []);
      let result: Result;
      try {
        result = await work(new OpenTransaction(client, connection));
      } catch (error) {
        // The work's own error is the one to report; a connection that cannot roll back is broken and dropped.
        await connection.query('rollback', []).catch(ignore);
        throw error;
      }
      await commit(connection);
      return result;
    });
  }

  close(timeoutMs = this.#options.closeTimeoutMs ?? 10_000): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  #use<Result>(work: (client: Client, connection: Connection) => Promise<Result>): Promise<Result> {
    if (this.#closing) return Promise.reject(new ClientClosedError());
    return this.#inFlight.track(this.#onConnection(work));
  }

  async #onConnection<Result>(work: (client: Client, connection: Connection) => Promise<Result>): Promise<Result> {
    const client = await this.#checkOut();
    client.on('error', ignore);
    const connection = new Connection(client, this.#options.queryTimeoutMs);
    try {
      return await work(client, connection);
    } finally {
      client.release(connection.isBroken);
      // One that is broken may still have something to say.
      if (!connection.isBroken) client.off('error', ignore);
    }
  }

  async #checkOut(): Promise<Client> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      const reason = fromConnectError(error, this.#pool.options);
      if (reason.sqlstate !== undefined || reason.code !== 'connection_failed') throw reason;
      const inUse = this.#pool.totalCount - this.#pool.idleCount;
      const message = `${reason.message} (${inUse} of ${this.#pool.options.max} connections in use)`;
      throw new ConnectionError('connection_failed', message, { cause: error });
    }
  }

  async #close(timeoutMs: number): Promise<void> {
    const isDone = await settlesWithin(this.#inFlight.settled(), timeoutMs);
    if (!isDone) this.#inFlight.giveUp(new ClientClosedError('the client was closed before the call was done'));
    await this.#options.endPool?.(isDone ? timeoutMs : 0);
  }
}

/** The server answers the commit of a transaction in which a statement failed with a rollback, and with no error. */
async function commit(connection: Connection): Promise<void> {
  const { command } = await connection.execute({ text: 'commit', values: [] });
  if (command !== 'COMMIT') throw new TransactionAbortedError();
}

function ignore(): void {}
