import { ConnectionError, QueryTimeoutError } from '../errors/connection-errors.ts';
import { fromDriverError } from '../errors/from-driver-error.ts';
import type { ExecuteOptions, Parameter, Queryable, Row } from './executor.ts';
import { lastResult, type PgQueryable, type PgResult, type PgStatement, toStatement } from './pg-queryable.ts';
import { Turns } from './turns.ts';
import { withinTime } from './within-time.ts';

/**
 * One connection of a pool, for as long as it is checked out. Statements run one after the other, each within its time
 * limit. Once it is broken, by a timeout or because the server is gone, every further statement fails at once, and the
 * connection must not go back to the pool.
 */
export class Connection implements Queryable {
  readonly #queryable: PgQueryable;
  readonly #queryTimeoutMs: number | undefined;
  readonly #turns = new Turns();
  #broken = false;

  constructor(queryable: PgQueryable, queryTimeoutMs?: number) {
    this.#queryable = queryable;
    this.#queryTimeoutMs = queryTimeoutMs;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  async query(text: string, values: readonly Parameter[], options: ExecuteOptions = {}): Promise<readonly Row[]> {
    return (await this.execute(toStatement(text, values, options), options)).rows;
  }

  execute(statement: PgStatement, options: ExecuteOptions = {}): Promise<PgResult> {
    return this.#turns.take(() => this.#run(statement, options.timeoutMs ?? this.#queryTimeoutMs));
  }

  async #run(statement: PgStatement, timeoutMs: number | undefined): Promise<PgResult> {
    if (this.#broken) throw new ConnectionError('connection_lost', 'the connection was lost before');
    try {
      return lastResult(await withinTime(this.#queryable.query(statement), timeoutMs));
    } catch (error) {
      const reason = fromDriverError(error, 'connection_lost');
      this.#broken ||= reason instanceof ConnectionError || reason instanceof QueryTimeoutError;
      throw reason;
    }
  }
}
