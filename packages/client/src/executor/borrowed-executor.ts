import { fromDriverError } from '../errors/from-driver-error.ts';
import type { ExecuteOptions, Parameter, Queryable, Row } from './executor.ts';
import { lastResult, type PgQueryable, toStatement } from './pg-queryable.ts';

/** Runs statements on a connection of the application, which opens, guards and closes it; no time limit applies. */
export class BorrowedExecutor implements Queryable {
  readonly #queryable: PgQueryable;

  constructor(queryable: PgQueryable) {
    this.#queryable = queryable;
  }

  async query(text: string, values: readonly Parameter[], options: ExecuteOptions = {}): Promise<readonly Row[]> {
    try {
      return lastResult(await this.#queryable.query(toStatement(text, values, options))).rows;
    } catch (error) {
      throw fromDriverError(error, 'connection_lost');
    }
  }
}
