import type { Client, Message } from 'pgque';
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

  receive(): Promise<Message[]> {
    const { queue, name, maxMessages } = this.#options;
    return (this.#guard.session ?? this.#client).receive(queue, name, maxMessages);
  }

  pollIntervalMs(isHearing: boolean): number {
    return isHearing ? this.#options.idlePollIntervalMs : this.#options.pollIntervalMs;
  }

  settling(): void {}

  async leave(): Promise<void> {}
}
