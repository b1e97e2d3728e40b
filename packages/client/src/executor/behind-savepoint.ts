import { PgqueError } from '../errors/pgque-error.ts';
import { TransactionAbortedError } from '../errors/transaction-errors.ts';

const inFailedTransaction = '25P02';

/**
 * Runs the work behind a savepoint of the open transaction. One name does for all: PostgreSQL takes the innermost, and ours
 * are closed in the reverse order.
 */
export async function behindSavepoint<Result>(
  query: (text: string) => Promise<unknown>,
  work: () => Promise<Result>,
): Promise<Result> {
  await query('savepoint pgque');
  try {
    const result = await work();
    await query('release savepoint pgque').catch(throwAborted);
    return result;
  } catch (error) {
    // The work's own error is the one to report; without a connection nothing of it is left anyway.
    await query('rollback to savepoint pgque')
      .then(() => query('release savepoint pgque'))
      .catch(() => {});
    throw error;
  }
}

/** PostgreSQL refuses everything until the rollback once a statement has failed, whoever swallowed its error. */
export function throwAborted(error: unknown): never {
  throw error instanceof PgqueError && error.sqlstate === inFailedTransaction ? new TransactionAbortedError() : error;
}
