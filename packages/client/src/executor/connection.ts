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
  /** Names of the statements that the server has parsed, by their text; `undefined` on a connection that may be a pooler's. */
  #prepared: Map<string, string> | undefined;
  #broken = false;

  constructor(queryable: PgQueryable, queryTimeoutMs?: number) {
    this.#queryable = queryable;
    this.#queryTimeoutMs = queryTimeoutMs;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  /** From now on each of our statements is parsed once. Not through a pooler that lends sessions for a transaction. */
  prepareStatements(): void {
    this.#prepared ??= new Map();
  }

  async query(text: string, values: readonly Parameter[], options: ExecuteOptions = {}): Promise<readonly Row[]> {
    const statement = toStatement(text, values, options);
    const name = options.isParsed ? undefined : this.#nameOf(text);
    return (await this.execute(name === undefined ? statement : { ...statement, name }, options)).rows;
  }

  #nameOf(text: string): string | undefined {
    if (!this.#prepared) return undefined;
    const name = this.#prepared.get(text) ?? `pgque_${this.#prepared.size}`;
    this.#prepared.set(text, name);
    return name;
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
