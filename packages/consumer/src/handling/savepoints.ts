import type { Transaction } from 'pgque';
import { type Outcome, postponed, released } from './outcome.ts';
import type { Around } from './run-batch.ts';

/** Thrown to undo what a handler has written; its outcome says why. */
class Undone extends Error {}

/**
 * In one transaction with its batch, what a failed handler has written must go while the rest stays: each call runs
 * behind a savepoint. Messages that one call got share it: they are done together, or none is.
 */
export function behindSavepoint(tx: Transaction): Around {
  return async (messages, call) => {
    let outcomes: Outcome[] = [];
    try {
      return await tx.savepoint(async (inner) => {
        outcomes = await call(inner);
        if (outcomes.some(({ outcome }) => outcome !== 'ack')) throw new Undone();
        return outcomes;
      });
    } catch (error) {
      // A handler may have swallowed the error of a statement: then nothing of it can be kept.
      if (!(error instanceof Undone)) {
        return messages.map(() => postponed('a statement of its handler failed', error));
      }
      return outcomes.map((outcome) =>
        outcome.outcome === 'ack' ? released('its changes were rolled back with those of another message') : outcome,
      );
    }
  };
}
