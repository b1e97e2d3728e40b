import type { Client, Subscription } from 'pgque';
import { Errand, type ErrandDone } from './errand.ts';
import { Latch } from './latch.ts';

export interface WakerOptions {
  readonly queue: string;
  /** Whether the ticker of this process may ask the consumer to tick when it receives. */
  readonly isErrandTaken: boolean;
}

/**
 * Wakes a consumer that has nothing to do: when the ticker has notified its queue or sends it on an errand, after so many
 * milliseconds at the latest, or when it is to stop. A notification that comes while it works counts for the next wait.
 */
export class Waker {
  readonly #latch = new Latch();
  readonly #errand: Errand | undefined;
  readonly #subscription: Subscription | undefined;
  /** A ticker in this process announces its ticks before the server notifies them: then the second word is no news. */
  #lastTickId: string | undefined;

  constructor(client: Client, { queue, isErrandTaken }: WakerOptions) {
    if (isErrandTaken) this.#errand = new Errand(client, queue, () => this.#latch.open());
    this.#subscription = client.listen(`pgque_${queue}`, (tickId) => {
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

  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    this.offer();
    await this.#latch.wait(timeoutMs, signal);
    this.withdraw();
  }

  /** From now on it takes an errand: it waits, or is about to receive. */
  offer(): void {
    this.#errand?.offer();
  }

  withdraw(): void {
    this.#errand?.withdraw();
  }

  /** `undefined` when there is none. */
  takeErrand(): ErrandDone | undefined {
    return this.#errand?.take();
  }

  close(): void {
    this.withdraw();
    this.#subscription?.close();
  }
}
