import type { Client, Subscription } from 'pgque';
import { Latch } from './latch.ts';

/**
 * Wakes a consumer that has nothing to do: when the ticker has notified its queue, after so many milliseconds at the latest,
 * or when it is to stop. A notification that comes while it works counts for the next wait.
 */
export class Waker {
  readonly #latch = new Latch();
  readonly #subscription: Subscription | undefined;
  /** A ticker in this process announces its ticks before the server notifies them: then the second word is no news. */
  #lastTickId: string | undefined;

  constructor(client: Client, channel: string) {
    this.#subscription = client.listen(channel, (tickId) => {
      const isNews = tickId === undefined || tickId !== this.#lastTickId;
      this.#lastTickId = tickId;
      if (isNews) this.#latch.open();
    });
  }

  /** Whether a notification is to be expected; else polling is all there is. */
  get isHearing(): boolean {
    return this.#subscription?.isHearing ?? false;
  }

  /** Before a look at the queue: what rings from now on is not covered by it. */
  reset(): void {
    this.#latch.shut();
  }

  wait(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#latch.wait(timeoutMs, signal);
  }

  close(): void {
    this.#subscription?.close();
  }
}
