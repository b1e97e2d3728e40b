import { PgqueError, type PgqueErrorCode, type PgqueErrorOptions } from './pgque-error.ts';

/** No connection could be opened, or one broke while it was used. The client stays usable. */
export class ConnectionError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['connection_failed', 'connection_lost'];
  override readonly name = 'ConnectionError';
}

/** The server gave no answer in time. The connection was dropped; whether the statement took effect is not known. */
export class QueryTimeoutError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['query_timeout'];
  override readonly name = 'QueryTimeoutError';

  constructor(timeoutMs: number) {
    super('query_timeout', `the server gave no answer within ${timeoutMs} ms`);
  }
}

/** The client was closed before the call, or before the call was done. */
export class ClientClosedError extends PgqueError {
  static override readonly codes: readonly PgqueErrorCode[] = ['client_closed'];
  override readonly name = 'ClientClosedError';

  constructor(message = 'the client is closed', options: PgqueErrorOptions = {}) {
    super('client_closed', message, options);
  }
}
