/** A consumer was used in a way that it cannot be. */
export class ConsumerError extends Error {
  override readonly name = 'ConsumerError';
  readonly code: 'already_started' | 'no_handlers' | 'drain_timeout';

  constructor(code: ConsumerError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
