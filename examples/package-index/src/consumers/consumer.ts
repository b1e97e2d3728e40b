import { BatchNotFoundError, type Client, type Message, type Nack } from 'pgque';
import { parseTag } from '../event-tag.ts';
import type { Persistence } from '../persistence.ts';
import type { ConsumerProgress, Settlement } from './consumer-progress.ts';
import type { TickBell } from './tick-bell.ts';

/** Messages that one receive() returns at most. */
export const pageSize = 500;

export interface ConsumerContext {
  readonly client: Client;
  readonly persistence: Persistence;
  readonly bell: TickBell;
  readonly runId: number;
  readonly progress: ConsumerProgress;
}

/** One turn of a consumer: receive, handle, settle. Answers how many messages there were. */
export type Turn = () => Promise<number>;

/** Takes turns until the signal, and sleeps until the next tick whenever nothing is left. */
export async function takeTurns(turn: Turn, { bell }: ConsumerContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { rings } = bell;
    const received = await turn();
    if (received === 0 && !signal.aborted) await bell.sleep(rings);
  }
}

/**
 * Gives back what failed and acknowledges the rest, in one call. When a connection is lost and nobody knows whether that
 * took effect, it is done again: a batch that is not open any more was settled by the call before.
 */
export async function settle(batchId: bigint, nacks: readonly Nack[], context: ConsumerContext): Promise<void> {
  let isRepeated = false;
  await context.persistence.insist(async () => {
    const wasTriedBefore = isRepeated;
    isRepeated = true;
    try {
      await context.client.settle(batchId, nacks);
    } catch (error) {
      if (!(error instanceof BatchNotFoundError && wasTriedBefore)) throw error;
    }
  });
}

/** Counts messages that have been settled, after the database has said so. Messages that come back count later. */
export function noteSettled(
  messages: readonly Message[],
  { progress, runId }: ConsumerContext,
  settlementOf: (message: Message) => Settlement | 'comes back' = () => 'handled',
): void {
  const settled = [];
  for (const message of messages) {
    const tag = parseTag(message.extra1);
    const settlement = settlementOf(message);
    if (settlement === 'comes back') continue;
    if (tag.runId !== runId) {
      progress.leftOver += 1;
      continue;
    }
    const isRetry = message.retryCount !== null;
    if (!isRetry) progress.lagMs = Math.max(0, Date.now() - message.createdAt.getTime());
    settled.push({ position: tag.position, bytes: Buffer.byteLength(message.rawPayload ?? ''), isRetry, settlement });
  }
  progress.noteSettled(settled);
}
