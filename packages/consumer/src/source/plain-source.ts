import { type Client, ConnectionError, type Message, QueryTimeoutError } from 'pgque';
import type { ErrandDone } from '../wake-up/errand.ts';
import type { SoleGuard } from './sole-guard.ts';
import type { Source } from './source.ts';

export interface PlainSourceOptions {
  readonly queue: string;
  readonly name: string;
  readonly maxMessages: number;
  readonly pollIntervalMs: number;
  readonly idlePollIntervalMs: number;
}

/** A consumer that reads alone. Its batch stays open until it is settled, in whatever process. */
export class PlainSource implements Source {
  readonly lost: AbortSignal = new AbortController().signal;
  readonly #client: Client;
  readonly #guard: SoleGuard;
  readonly #options: PlainSourceOptions;

  constructor(client: Client, guard: SoleGuard, options: PlainSourceOptions) {
    this.#client = client;
    this.#guard = guard;
    this.#options = options;
  }

  async receive(errand?: ErrandDone): Promise<Message[]> {
    const { queue, name, maxMessages } = this.#options;
    const { session } = this.#guard;
    const operations = session ?? this.#client;
    try {
      if (!errand) return await operations.receive(queue, name, maxMessages);
      const messages = await operations.tickAndReceive(queue, name, maxMessages);
      // Without messages another ticker may have been at it.
      errand(messages.length > 0);
      return messages;
    } catch (error) {
      errand?.(false);
      // A session that broke, or does not answer, is of no use any more, and neither is its lock.
      if (error instanceof ConnectionError || error instanceof QueryTimeoutError) await session?.close();
      throw error;
    }
  }

  pollIntervalMs(isHearing: boolean): number {
    return isHearing ? this.#options.idlePollIntervalMs : this.#options.pollIntervalMs;
  }

  settling(): void {}

  noteFailure(): void {}

  async leave(): Promise<void> {}
}
