import { setTimeout as sleep } from 'node:timers/promises';

/** Pauses between tries that grow, with jitter, so that what failed together does not return together. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #nextMs: number;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#nextMs = firstMs;
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }

  /** Ends early when the signal is aborted. */
  async pause(signal: AbortSignal): Promise<void> {
    const pauseMs = this.#nextMs * (0.5 + Math.random() / 2);
    this.#nextMs = Math.min(this.#nextMs * 2, this.#longestMs);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}
