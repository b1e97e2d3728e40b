import type { Message } from 'pgque';
import type { ErrandDone } from '../wake-up/errand.ts';

/** Where the batches of a consumer come from. */
export interface Source {
  /**
   * Opens the next batch, or returns the open one again; empty when nothing is left. With an errand it ticks first.
   */
  receive(errand?: ErrandDone): Promise<Message[]>;
  /** Milliseconds after which to ask again although nobody has called. */
  pollIntervalMs(isHearing: boolean): number;
  /** Aborted when another process has the batch now. Only while a batch is open. */
  readonly lost: AbortSignal;
  /** Before its batch is settled: from here on a lost lease is found by settling. */
  settling(): void;
  /** Its batch could not be settled yet. */
  noteFailure(): void;
  /** Gives up what this process holds of the subscription, at the end. The signal ends what can be ended. */
  leave(over: AbortSignal): Promise<void>;
}
