import type { Client } from 'pgque';
import type { HeartbeatTarget } from './heartbeat-messages.ts';
import { SharedBeater } from './shared-beater.ts';

/** Keeps the batches of one member alive. */
export class Heartbeat {
  readonly #client: Client;
  readonly #target: HeartbeatTarget;
  #shared: SharedBeater | undefined;
  #batch: number | undefined;

  constructor(client: Client, target: HeartbeatTarget) {
    this.#client = client;
    this.#target = target;
  }

  /** Gets ready, so that the first batch need not wait for it. */
  start(): void {
    this.#shared ??= SharedBeater.of(this.#client);
    void this.#shared.start();
  }

  /** From here on a handler may block the event loop. */
  async begin(onLost: () => void): Promise<void> {
    this.end();
    this.#shared ??= SharedBeater.of(this.#client);
    this.#batch = await this.#shared.begin(this.#target, onLost);
  }

  end(): void {
    if (this.#batch !== undefined) this.#shared?.end(this.#batch);
    this.#batch = undefined;
  }

  /** Once the signal is aborted, nothing is waited for. */
  async close(over: AbortSignal): Promise<void> {
    this.end();
    const shared = this.#shared;
    this.#shared = undefined;
    await shared?.release(over);
  }
}
