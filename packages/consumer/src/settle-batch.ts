import { BatchNotFoundError, type Client, InvalidArgumentError, type Nack } from 'pgque';
import { Backoff } from './backoff.ts';

export interface SettleOptions {
  /** Ends the tries. */
  readonly over: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/**
 * Stores what became of a batch, and does not rest before it is stored: what has been handled must not be handled again
 * because the server was away for a moment. Answers `stored`, `lost` when another process has the batch now, or
 * `given-up`. Settling twice is harmless: the second call finds that the batch is not open any more.
 */
export async function settleBatch(
  client: Client,
  batchId: bigint,
  nacks: readonly Nack[],
  { over, onError }: SettleOptions,
): Promise<'stored' | 'lost' | 'given-up'> {
  const backoff = new Backoff(50, 5000);
  let toStore = nacks;
  for (let isRepeated = false; !over.aborted; isRepeated = true) {
    try {
      const isStored = (await client.settle(batchId, toStore)) === 1;
      return isStored || isRepeated ? 'stored' : 'lost';
    } catch (error) {
      if (error instanceof BatchNotFoundError) return isRepeated ? 'stored' : 'lost';
      onError(error);
      // Something in a delay or a reason cannot be stored: the messages must come back all the same.
      if (error instanceof InvalidArgumentError) toStore = nacks.map(({ msgId, dead = false }) => ({ msgId, dead }));
      await backoff.pause(over);
    }
  }
  return 'given-up';
}
