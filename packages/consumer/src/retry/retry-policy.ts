/** When a message comes back after a failed attempt: in so many milliseconds, or never, to the dead letters. */
export type RetryDecision = { readonly afterMs: number } | 'dead';

/** `attempt` counts from 1. The queue's `maxRetries` holds as well: past it a message goes to the dead letters anyway. */
export type RetryPolicy = (attempt: number, error: unknown) => RetryDecision;
