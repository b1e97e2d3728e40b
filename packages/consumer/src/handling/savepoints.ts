import type { Message, Transaction } from 'pgque';
import { type Outcome, released } from './outcome.ts';

/**
 * In one transaction with its batch, what a failed handler has written must go while the rest stays: each call runs
 * behind a savepoint. Messages that one call got share it: they are done together, or none is.
 */
export function behindSavepoint(tx: Transaction) {
  return async (_messages: readonly Message[], call: () => Promise<Outcome[]>): Promise<Outcome[]> => {
    await tx.query('savepoint pgque_handler');
    const outcomes = await call();
    if (outcomes.every(({ outcome }) => outcome === 'ack')) {
      // A handler may have swallowed the error of a statement: then nothing of it can be kept.
      const failure = await tx.query('release savepoint pgque_handler').then(
        () => undefined,
        (error) => error,
      );
      if (failure === undefined) return outcomes;
      await tx.query('rollback to savepoint pgque_handler');
      return outcomes.map(() => ({
        outcome: 'retry',
        afterMs: 60_000,
        reason: 'a statement of its handler failed',
        error: failure,
      }));
    }
    await tx.query('rollback to savepoint pgque_handler');
    return outcomes.map((outcome) =>
      outcome.outcome === 'ack' ? released('its changes were rolled back with those of another message') : outcome,
    );
  };
}
