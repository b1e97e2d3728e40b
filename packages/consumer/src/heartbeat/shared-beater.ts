import type { Client } from 'pgque';
import type { Beater } from './beater.ts';
import type { HeartbeatTarget } from './heartbeat-messages.ts';
import { LocalBeater } from './local-beater.ts';
import { ThreadBeater } from './thread-beater.ts';

interface OpenBatch {
  readonly target: HeartbeatTarget;
  readonly onLost: () => void;
}

const ofClients = new WeakMap<Client, SharedBeater>();

/**
 * Keeps the batches of all members of a client alive, from one thread with one connection, however many they are. Without a
 * direct connection, when its options cannot travel to a thread, or when there can be none, beats are sent from here, and a
 * handler that blocks the event loop can lose its batch.
 */
export class SharedBeater {
  readonly #client: Client;
  readonly #open = new Map<number, OpenBatch>();
  #users = 0;
  #lastBatch = 0;
  #beater: Promise<Beater> | undefined;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** For one more member, until it lets go. */
  static of(client: Client): SharedBeater {
    const shared = ofClients.get(client) ?? new SharedBeater(client);
    ofClients.set(client, shared);
    shared.#users += 1;
    return shared;
  }

  /** Starts the thread, so that the first batch need not wait for it. */
  start(): Promise<Beater> {
    this.#beater ??= this.#start();
    return this.#beater;
  }

  /** Resolves when the thread knows: before, a handler that blocks the event loop would hold it up. */
  async begin(target: HeartbeatTarget, onLost: () => void): Promise<number> {
    this.#lastBatch += 1;
    const batch = this.#lastBatch;
    this.#open.set(batch, { target, onLost });
    (await this.start()).post({ kind: 'begin', batch, target });
    return batch;
  }

  end(batch: number): void {
    if (this.#open.delete(batch)) void this.#beater?.then((beater) => beater.post({ kind: 'end', batch }));
  }

  /** The last one closes the thread. Once the signal is aborted, nothing is waited for. */
  async release(over: AbortSignal): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    const beater = await this.#beater;
    if (this.#users > 0) return;
    this.#beater = undefined;
    await beater?.close(over);
  }

  async #start(): Promise<Beater> {
    const { direct, logger } = this.#client;
    const onLost = (batch: number): void => this.#open.get(batch)?.onLost();
    try {
      if (!direct) throw new Error('the client has no direct connection');
      return await ThreadBeater.start(direct, onLost, (error) => this.#replace(error));
    } catch (error) {
      logger.warn('heartbeats are sent from the main thread: a handler that blocks it may lose its batch', { error });
      return new LocalBeater(this.#client, onLost);
    }
  }

  /** The thread has died. The next batch starts another; so does one that is open, after a while. */
  #replace(error: unknown): void {
    this.#client.logger.warn('the thread that sends heartbeats has ended; another takes its place', { error });
    this.#beater = undefined;
    for (const [batch, { target }] of this.#open) {
      const begin = async (): Promise<void> => {
        if (this.#open.has(batch)) (await this.start()).post({ kind: 'begin', batch, target });
      };
      setTimeout(begin, target.intervalMs).unref();
    }
  }
}
