import { type Duration, toMs } from '../duration.ts';

/** Thrown by a handler: this message will never work, so it goes to the dead letters at once, with the message as the reason. */
export class DeadLetterError extends Error {
  override readonly name = 'DeadLetterError';
}

/** Thrown by a handler: not now, again after this delay, whatever the policy says. */
export class RetryLaterError extends Error {
  override readonly name = 'RetryLaterError';
  readonly afterMs: number;

  constructor(delay: Duration, message = 'not now', options?: ErrorOptions) {
    super(message, options);
    this.afterMs = toMs(delay, 'delay');
  }
}
