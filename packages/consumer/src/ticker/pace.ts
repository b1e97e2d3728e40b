/** How long the ticker pauses, by what it has just seen. */
export interface PaceOptions {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * While events flow, a pause is as short as it may be, and as long as the turn before it, so that the ticker spends at
 * most half of its time asking. When they stop, pauses double.
 */
export class Pace {
  readonly #options: PaceOptions;
  #quietMs = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** After a turn that ticked something. */
  busy(turnMs: number): number {
    this.#quietMs = 0;
    return Math.min(Math.max(this.#options.minMs, turnMs), this.#options.maxMs);
  }

  /** After one that did not. */
  quiet(longestMs = this.#options.maxMs): number {
    this.#quietMs = Math.min(Math.max(this.#quietMs * 2, this.#options.minMs), longestMs);
    return this.#quietMs;
  }
}
