import { PgqueError, type PgqueErrorCode } from './pgque-error.ts';

const retryableCodes: ReadonlySet<PgqueErrorCode> = new Set([
  'connection_failed',
  'connection_lost',
  'query_timeout',
  'serialization_failure',
  'deadlock_detected',
]);

/**
 * Whether the same call may succeed when it is made again: after a lost connection, a restart, a timeout, a conflict
 * between transactions. A wrong password or an unknown database is not. After `connection_lost` and `query_timeout` the
 * first call may have taken effect: a message that is sent again may be there twice.
 */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof PgqueError) || !retryableCodes.has(error.code)) return false;
  return error.sqlstate !== '3D000' && !error.sqlstate?.startsWith('28');
}
