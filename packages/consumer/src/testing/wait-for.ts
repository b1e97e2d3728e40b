import { setTimeout as sleep } from 'node:timers/promises';
import { type Duration, toMs } from '../duration.ts';

export interface WaitForOptions {
  /** @default '5s' */
  readonly timeout?: Duration;
  /** How often it is asked. @default '10ms' */
  readonly interval?: Duration;
}

/**
 * Asks until the answer is neither `undefined`, `null` nor `false`, and returns it. An answer that throws counts as no answer;
 * when the time is over, what it threw last is the cause of the error.
 */
export async function waitFor<Answer>(
  predicate: () => Answer | Promise<Answer>,
  options: WaitForOptions = {},
): Promise<Exclude<Answer, undefined | null | false>> {
  const timeoutMs = toMs(options.timeout ?? '5s', 'timeout');
  const intervalMs = toMs(options.interval ?? '10ms', 'interval');
  const endsAt = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const answer = await predicate();
      if (answer !== undefined && answer !== null && answer !== false) {
        return answer as Exclude<Answer, undefined | null | false>;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(intervalMs);
  } while (performance.now() < endsAt);
  throw new Error(`what was waited for did not happen within ${timeoutMs} ms`, cause === undefined ? {} : { cause });
}
