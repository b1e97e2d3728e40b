import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

const pollEveryMs = 250;

/**
 * Wakes consumers at each tick, which the engine tells on a channel of the queue. It only shortens a wait: without a
 * connection, or when a notification is lost, consumers still look four times a second.
 */
export class TickBell {
  readonly #url: string;
  readonly #channel: string;
  #rings = 0;
  #sleepers: (() => void)[] = [];

  constructor(url: string, queue: string) {
    this.#url = url;
    this.#channel = `pgque_${queue}`;
  }

  /** Taken before looking for messages, so that a tick in between ends the next sleep at once. */
  get rings(): number {
    return this.#rings;
  }

  /** Until the bell has rung more often than that, at most the time between two polls. */
  async sleep(ringsBefore: number): Promise<void> {
    if (this.#rings > ringsBefore) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollEveryMs);
      this.#sleepers.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  ring(): void {
    this.#rings += 1;
    const sleepers = this.#sleepers;
    this.#sleepers = [];
    for (const wake of sleepers) wake();
  }

  /** Listens until the signal, on a new connection whenever one is lost or refused. */
  async listen(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.ring(), { once: true });
    while (!signal.aborted) {
      await this.#listenOnce(signal).catch(() => {});
      await delay(pollEveryMs, undefined, { signal }).catch(() => {});
    }
  }

  async #listenOnce(signal: AbortSignal): Promise<void> {
    const client = new Client({ connectionString: this.#url });
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('error', () => {});
    client.on('notification', () => this.ring());
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(this.#channel)}`);
      await ended;
    } finally {
      client.end().catch(() => {});
    }
  }
}
