export type PoolErrorCode = 'already_started' | 'handlers_not_loaded' | 'thread_ended' | 'handler_timeout';

/** A pool was used in a way that it cannot be, its handlers could not be loaded, or a thread did not survive a message. */
export class PoolError extends Error {
  override readonly name = 'PoolError';
  readonly code: PoolErrorCode;

  constructor(code: PoolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
