import { PositionSet } from '../position-set.ts';

/** How an event came to its end with a consumer. */
export type Settlement = 'handled' | 'dead';

/** What one consumer has come to. */
export class ConsumerProgress {
  readonly positions = new PositionSet();
  /** Payload bytes of the settled events. */
  settledBytes = 0;
  /** Events that failed, came back and were handled. */
  retried = 0;
  /** Events that were given up. */
  dead = 0;
  /** From sent to settled, of the newest event that was not retried. */
  lagMs = 0;
  /** Events that an earlier run had left over. */
  leftOver = 0;
  readonly #tell: () => void;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  /** Events that came to their end: handled, or given up. */
  get settled(): number {
    return this.positions.size;
  }

  /** An event that is delivered again, say after a lost connection, counts once. */
  noteSettled(events: readonly { position: number; bytes: number; isRetry: boolean; settlement: Settlement }[]): void {
    for (const { position, bytes, isRetry, settlement } of events) {
      if (!this.positions.add(position)) continue;
      this.settledBytes += bytes;
      if (settlement === 'dead') this.dead += 1;
      else if (isRetry) this.retried += 1;
    }
    this.#tell();
  }
}
