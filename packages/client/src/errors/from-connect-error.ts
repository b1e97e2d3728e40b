import { ConnectionError } from './connection-errors.ts';
import { fromDriverError } from './from-driver-error.ts';
import type { PgqueError } from './pgque-error.ts';

const protocolViolation = '08P01';

/**
 * The error of an attempt to connect. Whatever ended it, nothing was asked of the server yet: `connection_lost` would say
 * that a statement may have taken effect.
 */
export function fromConnectError(error: unknown, asked: { readonly statement_timeout?: unknown }): PgqueError {
  const reason = fromDriverError(error, 'connection_failed');
  if (reason.code !== 'connection_lost') return reason;
  const { message, sqlstate, detail } = reason;
  const isRefused = sqlstate === protocolViolation && asked.statement_timeout !== undefined;
  const hint = isRefused
    ? 'PgBouncer refuses statementTimeoutMs. Set statement_timeout of the role or of the database instead.'
    : reason.hint;
  return new ConnectionError('connection_failed', message, { sqlstate, detail, hint, cause: error });
}
