import { fromDriverError } from '../errors/from-driver-error.ts';
import type { Executor, Parameter, Row } from './executor.ts';
import { lastResult, type PgQueryable, textStatement } from './pg-queryable.ts';

/** Runs statements on a connection of the application, which opens, guards and closes it; no time limit applies. */
export class BorrowedExecutor implements Executor {
  readonly #queryable: PgQueryable;

  constructor(queryable: PgQueryable) {
    this.#queryable = queryable;
  }

  async query(text: string, values: readonly Parameter[]): Promise<readonly Row[]> {
    try {
      return lastResult(await this.#queryable.query(textStatement(text, values))).rows;
    } catch (error) {
      throw fromDriverError(error, 'connection_lost');
    }
  }
}
