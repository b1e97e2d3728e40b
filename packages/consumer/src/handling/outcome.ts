import type { Message, Nack } from 'pgque';
import type { RetryPolicy } from '../retry/retry-policy.ts';
import { DeadLetterError, RetryLaterError } from './verdict-errors.ts';

/** What became of a message. Every message of a batch gets one before the batch is settled. */
export type Outcome =
  | { readonly outcome: 'ack' }
  | { readonly outcome: 'retry'; readonly afterMs: number; readonly reason: string; readonly error?: unknown }
  | { readonly outcome: 'dead'; readonly reason: string; readonly error?: unknown };

export const done: Outcome = { outcome: 'ack' };

/** Not started, or cut short by a stop: again at once, by whoever is there. */
export function released(reason: string): Outcome {
  return { outcome: 'retry', afterMs: 0, reason };
}

export function attemptOf(message: Message): number {
  return (message.retryCount ?? 0) + 1;
}

export function failed(message: Message, error: unknown, policy: RetryPolicy): Outcome {
  const reason = reasonOf(error);
  if (error instanceof DeadLetterError) return { outcome: 'dead', reason, error };
  if (error instanceof RetryLaterError) return { outcome: 'retry', afterMs: error.afterMs, reason, error };
  try {
    const decision = policy(attemptOf(message), error);
    return decision === 'dead'
      ? { outcome: 'dead', reason, error }
      : { outcome: 'retry', afterMs: decision.afterMs, reason, error };
  } catch (broken) {
    return postponed(`the retry policy failed: ${reasonOf(broken)}; the handler: ${reason}`, error);
  }
}

/** For what fails beside the handler: it costs its message an attempt. Held up, the batch would be handled again and again. */
export function postponed(reason: string, error?: unknown): Outcome {
  return { outcome: 'retry', afterMs: 60_000, reason: reasonOf(reason), error };
}

/** What is not done, as the engine wants it; what is not listed is acknowledged. */
export function toNacks(outcomes: ReadonlyMap<bigint, Outcome>): Nack[] {
  const nacks: Nack[] = [];
  for (const [msgId, outcome] of outcomes) {
    if (outcome.outcome === 'retry') nacks.push({ msgId, retryAfterMs: outcome.afterMs, reason: outcome.reason });
    else if (outcome.outcome === 'dead') nacks.push({ msgId, dead: true, reason: outcome.reason });
  }
  return nacks;
}

const longestReason = 2000;

/** PostgreSQL stores neither NUL nor half of a surrogate pair, and whatever an error says must not fail the nack. */
export function reasonOf(error: unknown): string {
  return textOf(error).slice(0, longestReason).replaceAll('\u0000', '').toWellFormed();
}

/** Anything can be thrown, also what is no text and cannot be made one. */
function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message || error.name : error);
  } catch {
    return 'something was thrown that says nothing';
  }
}
