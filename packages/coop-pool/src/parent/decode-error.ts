import { DeadLetterError, RetryLaterError } from '@pgque/consumer';
import type { SentError } from '../sent-error.ts';

/** The verdicts of handlers are themselves again. Never throws: nobody could catch it, and it would end the process. */
export function decodeError({ error, name, properties }: SentError): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack } = error;
  if (name === 'DeadLetterError') return Object.assign(new DeadLetterError(message, { cause: error.cause }), { stack });
  const { afterMs } = properties;
  // Another class may have the name.
  if (name === 'RetryLaterError' && typeof afterMs === 'number' && afterMs >= 0 && Number.isFinite(afterMs)) {
    return Object.assign(new RetryLaterError(afterMs, message, { cause: error.cause }), { stack });
  }
  if (name !== undefined && error.name !== name)
    Object.defineProperty(error, 'name', { value: name, configurable: true });
  return Object.assign(error, properties);
}
