import { BatchNotFoundError, type Client, ClientClosedError, InvalidArgumentError, type Nack, PgqueError } from 'pgque';
import { unlessAborted } from './aborted.ts';
import { Backoff } from './backoff.ts';

export interface SettleOptions {
  /** Ends the tries. */
  readonly over: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Between two tries. */
export const longestPauseMs = 2000;

/**
 * Stores what became of a batch, and does not rest before it is stored: what has been handled must not be handled again
 * because the server was away for a moment. Answers `stored`, `lost` when another process has the batch now, or
 * `given-up`. Rejects when the client is closed. Settling twice is harmless: the second call finds that the batch is not open any more.
 */
export async function settleBatch(
  client: Client,
  batchId: bigint,
  nacks: readonly Nack[],
  { over, onError }: SettleOptions,
): Promise<'stored' | 'lost' | 'given-up'> {
  const backoff = new Backoff(50, longestPauseMs);
  let toStore = nacks;
  let isInDoubt = false;
  while (!over.aborted) {
    try {
      const answer = await unlessAborted(over, client.settle(batchId, toStore));
      if (answer === undefined) break;
      return answer === 1 || isInDoubt ? 'stored' : 'lost';
    } catch (error) {
      if (error instanceof BatchNotFoundError) return isInDoubt ? 'stored' : 'lost';
      if (error instanceof ClientClosedError) throw error;
      onError(error);
      // An earlier try may have been stored, and its answer lost.
      isInDoubt ||= error instanceof PgqueError && ['connection_lost', 'query_timeout'].includes(error.code);
      // Something in a delay or a reason cannot be stored: the messages must come back all the same.
      if (error instanceof InvalidArgumentError) toStore = nacks.map(({ msgId, dead = false }) => ({ msgId, dead }));
      await backoff.pause(over);
    }
  }
  return 'given-up';
}
