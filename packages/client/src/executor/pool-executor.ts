import { once } from 'node:events';
import { Socket } from 'node:net';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { ClientClosedError, ConnectionError } from '../errors/connection-errors.ts';
import { fromDriverError } from '../errors/from-driver-error.ts';
import { TransactionAbortedError } from '../errors/transaction-errors.ts';
import { Connection } from './connection.ts';
import type { ExecuteOptions, Executor, Parameter, Row } from './executor.ts';
import { InFlight } from './in-flight.ts';
import type { PgQueryable } from './pg-queryable.ts';
import { settlesWithin } from './settles-within.ts';

export interface PoolExecutorOptions {
  readonly pool: PoolConfig;
  readonly queryTimeoutMs: number;
  readonly closeTimeoutMs: number;
}

/**
 * Runs each statement on a free connection of a pool of our own.
 *
 * What it promises: every call settles, within the time limits for a connection and for each statement. A connection that
 * breaks rejects the calls that use it, is thrown away, and the next call opens another. Nothing is ever thrown where
 * the caller cannot catch it: every connection has an error listener from the moment it is open until it is gone.
 */
export class PoolExecutor implements Executor<PgQueryable> {
  readonly #pool: Pool;
  readonly #queryTimeoutMs: number;
  readonly #closeTimeoutMs: number;
  readonly #sockets = new Set<Socket>();
  readonly #inFlight = new InFlight();
  #closing: Promise<void> | undefined;

  constructor(options: PoolExecutorOptions) {
    this.#queryTimeoutMs = options.queryTimeoutMs;
    this.#closeTimeoutMs = options.closeTimeoutMs;
    this.#pool = new Pool({ ...options.pool, stream: () => this.#openSocket() });
    // What breaks while it is idle is dropped by the pool; what is in use reports to the call that uses it.
    this.#pool.on('error', ignore);
    this.#pool.on('connect', (client) => client.on('error', ignore));
  }

  query(text: string, values: readonly Parameter[], options?: ExecuteOptions): Promise<readonly Row[]> {
    return this.#use((connection) => connection.query(text, values, options));
  }

  transaction<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.#use(async (connection) => {
      await connection.query('begin', []);
      let result: Result;
      try {
        result = await work(connection);
      } catch (error) {
        // The work's own error is the one to report; a connection that cannot roll back is broken and dropped.
        await connection.query('rollback', []).catch(ignore);
        throw error;
      }
      await commit(connection);
      return result;
    });
  }

  close(timeoutMs = this.#closeTimeoutMs): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  #use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    if (this.#closing) return Promise.reject(new ClientClosedError());
    return this.#inFlight.track(this.#onConnection(work));
  }

  async #onConnection<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const client = await this.#checkOut();
    const connection = new Connection(client, this.#queryTimeoutMs);
    try {
      return await work(connection);
    } finally {
      client.release(connection.isBroken);
    }
  }

  async #checkOut(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      const reason = fromDriverError(error, 'connection_failed');
      if (reason.sqlstate !== undefined || reason.code !== 'connection_failed') throw reason;
      const inUse = this.#pool.totalCount - this.#pool.idleCount;
      const message = `${reason.message} (${inUse} of ${this.#pool.options.max} connections in use)`;
      throw new ConnectionError('connection_failed', message, { cause: error });
    }
  }

  async #close(timeoutMs: number): Promise<void> {
    const isDone = await settlesWithin(this.#inFlight.settled(), timeoutMs);
    this.#pool.end().catch(ignore);
    if (!isDone) this.#inFlight.giveUp(new ClientClosedError('the client was closed before the call was done'));
    // A server that is alive answers a goodbye at once; one that is not must not keep the process.
    const closed = Promise.all([...this.#sockets].map((socket) => once(socket, 'close')));
    if (isDone) await settlesWithin(closed, Math.min(timeoutMs, 1000));
    for (const socket of this.#sockets) socket.destroy();
    await settlesWithin(closed, 1000);
  }

  #openSocket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

/** The server answers the commit of a transaction in which a statement failed with a rollback, and with no error. */
async function commit(connection: Connection): Promise<void> {
  const { command } = await connection.execute({ text: 'commit', values: [] });
  if (command === 'COMMIT') return;
  throw new TransactionAbortedError(
    'transaction_aborted',
    'the transaction was rolled back, because a statement in it had failed',
  );
}

function ignore(): void {}
