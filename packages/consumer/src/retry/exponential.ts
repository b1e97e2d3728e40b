import { type Duration, toMs } from '../duration.ts';
import type { RetryPolicy } from './retry-policy.ts';

export interface ExponentialOptions {
  /** Delay after the first attempt. @default '1s' */
  readonly base?: Duration;
  /** Longest delay. @default '10m' */
  readonly max?: Duration;
  /** What each delay is multiplied by. @default 2 */
  readonly factor?: number;
  /** Whether a delay is anything from half of it to all of it, so that what failed together does not return together. @default true */
  readonly jitter?: boolean;
  /** Attempts after which a message goes to the dead letters. @default as the queue is set: 6 */
  readonly maxAttempts?: number;
}

/** Delays that grow by a factor: 1 s, 2 s, 4 s and so on up to 10 min. */
export function exponential(options: ExponentialOptions = {}): RetryPolicy {
  const { factor = 2, jitter = true, maxAttempts = Number.POSITIVE_INFINITY } = options;
  const baseMs = toMs(options.base ?? '1s', 'base');
  const maxMs = toMs(options.max ?? '10m', 'max');
  return (attempt) => {
    if (attempt >= maxAttempts) return 'dead';
    const fullMs = Math.min(maxMs, baseMs * factor ** (attempt - 1));
    return { afterMs: jitter ? fullMs * (0.5 + Math.random() / 2) : fullMs };
  };
}
