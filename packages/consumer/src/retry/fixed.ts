import { type Duration, toMs } from '../duration.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** The same delay after each attempt. */
export function fixed(delay: Duration, options: { readonly maxAttempts?: number } = {}): RetryPolicy {
  const afterMs = toMs(delay, 'delay');
  const { maxAttempts = Number.POSITIVE_INFINITY } = options;
  return (attempt) => (attempt >= maxAttempts ? 'dead' : { afterMs });
}
