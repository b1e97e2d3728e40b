import { setTimeout as delay } from 'node:timers/promises';
import { isRetryable } from 'pgque';
import type { IndexServer } from './server.ts';

const firstDelayMs = 50;
const longestDelayMs = 1_000;

/** Does work again until it succeeds, as long as a lost connection is all that is in its way. */
export class Persistence {
  /** How often work was done again. */
  repeats = 0;
  readonly #server: IndexServer;
  readonly #signal: AbortSignal;

  constructor(server: IndexServer, signal: AbortSignal) {
    this.#server = server;
    this.#signal = signal;
  }

  async insist<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
      try {
        return await work();
      } catch (error) {
        this.#server.refuseHopeless(error);
        if (!isRetryable(error)) throw error;
        this.repeats += 1;
      }
      await delay(delayMs, undefined, { signal: this.#signal });
    }
  }
}
