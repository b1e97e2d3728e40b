export type PgqueModuleErrorCode =
  | 'connection_failed'
  | 'consumer_conflict'
  | 'consumer_not_started'
  | 'duplicate_connection'
  | 'duplicate_handler'
  | 'invalid_options'
  | 'name_in_factory'
  | 'no_consumers'
  | 'no_handlers'
  | 'not_a_consumer'
  | 'not_subscribed'
  | 'queue_not_found'
  | 'ticker_not_started'
  | 'unknown_connection'
  | 'unknown_event'
  | 'wrong_queue';

/** Why the application does not start: which class and method it is about, and what to do. */
export class PgqueModuleError extends Error {
  override readonly name = 'PgqueModuleError';
  readonly code: PgqueModuleErrorCode;

  constructor(code: PgqueModuleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
