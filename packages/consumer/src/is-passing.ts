import { BatchOpenError, isRetryable, PgqueError } from 'pgque';

/** Read-only, out of resources, not ready, under administration, out of order. */
const passingSqlstates = /^(25006|53|55|57|58|XX)/;

/**
 * Whether it may pass by itself: the server is away, full, read-only for now, or refuses because of what another process
 * does. What somebody has to change first, such as a queue that is missing or a permission, does not pass.
 */
export function isPassing(error: unknown): boolean {
  if (isRetryable(error) || error instanceof BatchOpenError) return true;
  return error instanceof PgqueError && error.code === 'database_error' && passingSqlstates.test(error.sqlstate ?? '');
}
