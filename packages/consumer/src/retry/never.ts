import type { RetryPolicy } from './retry-policy.ts';

/** One attempt, then the dead letters. */
export function never(): RetryPolicy {
  return () => 'dead';
}
