import { ClientClosedError } from '../errors/connection-errors.ts';
import { fromDriverError, fromServerError, type ServerError } from '../errors/from-driver-error.ts';
import type { PgqueError } from '../errors/pgque-error.ts';
import { TransactionEndedError } from '../errors/transaction-errors.ts';
import { toArrayLiteral } from '../executor/array-literal.ts';
import { throwAborted } from '../executor/behind-savepoint.ts';
import type { ExecuteOptions, Executor, Parameter, Row, TransactionExecutor } from '../executor/executor.ts';
import { InFlight } from '../executor/in-flight.ts';
import { OneSavepoint } from '../executor/one-savepoint.ts';
import { settlesWithin } from '../executor/settles-within.ts';
import { Turns } from '../executor/turns.ts';
import { withinTime } from '../executor/within-time.ts';
import { withSnakeCase } from './snake-case.ts';

/** What an adapter knows of its library. */
export interface Library<Handle> {
  /** Runs a statement whose values are marked `$1`, and answers its rows. */
  query(handle: Handle, text: string, values: unknown[], options: ExecuteOptions): Promise<readonly Row[]>;
  /** The library's transaction, or its savepoint where the handle is a transaction. */
  transaction<Result>(handle: Handle, work: (tx: Handle) => Promise<Result>): Promise<Result>;
  /** Whether the handle is a transaction, which has one connection. */
  isTransaction(handle: Handle): boolean;
  /** What the server said, where the library hides it from who follows the causes. */
  findServerError?(error: unknown): ServerError | undefined;
  /** Whether the library says that its transaction has ended, where that is no word of the server. */
  isTransactionOver?(error: unknown): boolean;
  /** Milliseconds after which the library is taken not to answer any more. @default it always answers */
  readonly queryTimeoutMs?: number;
}

/** An executor on what a library gives an application: its database, or an open transaction. Both stay the application's. */
export function adapt<Native>(library: Library<Native>, handle: Native): Executor<Native> {
  return new AdaptedExecutor(library, handle);
}

/**
 * What all adapters have in common. In a transaction statements go one after the other. A transaction whose end the library
 * has reported takes no further statement, also when its work has not noticed: there are libraries that would run it on
 * another connection.
 */
class AdaptedExecutor<Handle> implements Executor<Handle>, TransactionExecutor<Handle> {
  readonly native: Handle;
  readonly #library: Library<Handle>;
  readonly #turns = new Turns();
  readonly #savepoint = new OneSavepoint();
  readonly #inFlight = new InFlight();
  #end: ClientClosedError | TransactionEndedError | undefined;

  constructor(library: Library<Handle>, handle: Handle) {
    this.native = handle;
    this.#library = library;
  }

  query(text: string, values: readonly Parameter[], options: ExecuteOptions = {}): Promise<readonly Row[]> {
    const run = (): Promise<readonly Row[]> => this.#run(text, values, options);
    return this.#track(() => (this.#isTransaction ? this.#turns.take(run) : run()));
  }

  transaction<Result>(work: (tx: TransactionExecutor<Handle>) => Promise<Result>): Promise<Result> {
    const begin = (): Promise<Result> => this.#begin(work);
    return this.#track(() => (this.#isTransaction ? this.#savepoint.run(begin) : begin()));
  }

  savepoint<Result>(work: (tx: TransactionExecutor<Handle>) => Promise<Result>): Promise<Result> {
    return this.transaction(work);
  }

  async close(timeoutMs = 10_000): Promise<void> {
    this.#end ??= new ClientClosedError();
    if (await settlesWithin(this.#inFlight.settled(), timeoutMs)) return;
    this.#inFlight.giveUp(new ClientClosedError('the client was closed before the call was done'));
  }

  get #isTransaction(): boolean {
    return this.#library.isTransaction(this.native);
  }

  #track<Result>(call: () => Promise<Result>): Promise<Result> {
    return this.#end ? Promise.reject(this.#end) : this.#inFlight.track(call());
  }

  async #run(text: string, values: readonly Parameter[], options: ExecuteOptions): Promise<readonly Row[]> {
    // It may have ended since its turn was asked for.
    if (this.#end instanceof TransactionEndedError) throw this.#end;
    const { isParsed = false, timeoutMs = this.#library.queryTimeoutMs } = options;
    const sent = isParsed ? [...values] : values.map((value) => (Array.isArray(value) ? toArrayLiteral(value) : value));
    try {
      const rows = await withinTime(this.#library.query(this.native, text, sent, options), timeoutMs);
      return isParsed ? rows : withSnakeCase(rows);
    } catch (error) {
      throw this.#toPgqueError(error, 'connection_lost');
    }
  }

  async #begin<Result>(work: (tx: TransactionExecutor<Handle>) => Promise<Result>): Promise<Result> {
    const { queryTimeoutMs } = this.#library;
    const begun = Promise.withResolvers<void>();
    const worked = Promise.withResolvers<void>();
    let tx: AdaptedExecutor<Handle> | undefined;
    let thrown: { readonly error: unknown } | undefined;
    let isGivenUp = false;
    const outcome = this.#library.transaction(this.native, async (native) => {
      if (isGivenUp) throw new TransactionEndedError();
      begun.resolve();
      tx = new AdaptedExecutor(this.#library, native);
      try {
        const result = await work(tx);
        // Libraries do not look at what the server answers to a commit, which may be that it has rolled back.
        await tx.query('select 1', []).catch(throwAborted);
        return result;
      } catch (error) {
        thrown = { error };
        throw error;
      } finally {
        worked.resolve();
      }
    });
    try {
      await withinTime(Promise.race([begun.promise, outcome]), queryTimeoutMs);
      await Promise.race([worked.promise, outcome]);
      return await withinTime(outcome, queryTimeoutMs);
    } catch (error) {
      throw thrown ? thrown.error : this.#toPgqueError(error, tx ? 'connection_lost' : 'connection_failed');
    } finally {
      isGivenUp = true;
      if (tx) tx.#end = new TransactionEndedError();
    }
  }

  #toPgqueError(error: unknown, fallback: 'connection_failed' | 'connection_lost'): PgqueError {
    const server = this.#library.findServerError?.(error);
    if (server) return fromServerError(server, error);
    if (fallback === 'connection_lost' && this.#library.isTransactionOver?.(error)) {
      return new TransactionEndedError({ cause: error });
    }
    return fromDriverError(error, fallback);
  }
}
