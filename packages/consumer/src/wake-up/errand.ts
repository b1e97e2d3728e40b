import type { Client } from 'pgque';

/** Who waits for events of a queue, in this process. */
const waiting = new WeakMap<Client, Map<string, Set<Errand>>>();

/** The ticker does not wait longer for a consumer that it has sent. */
const longestMs = 20;

/** To be called when an errand is done: whether the queue has been ticked since it was given. */
export type ErrandDone = (isTicked: boolean) => void;

/**
 * What the ticker of this process may ask of a consumer that has nothing to do: to tick its queue when it receives. One round
 * trip and one commit then lie between an event and its handler, instead of two.
 */
export class Errand {
  readonly #client: Client;
  readonly #queue: string;
  readonly #wake: () => void;
  #given: PromiseWithResolvers<boolean> | undefined;

  constructor(client: Client, queue: string, wake: () => void) {
    this.#client = client;
    this.#queue = queue;
    this.#wake = wake;
  }

  /** Sends a consumer that waits for events of this queue; whether it has ticked. `undefined` when none waits. */
  static give(client: Client, queue: string): Promise<boolean> | undefined {
    const [errand] = waiting.get(client)?.get(queue) ?? [];
    return errand === undefined ? undefined : errand.#give();
  }

  /** From now on the consumer takes one, until it withdraws. */
  offer(): void {
    const queues = waiting.get(this.#client) ?? new Map<string, Set<Errand>>();
    waiting.set(this.#client, queues);
    queues.set(this.#queue, (queues.get(this.#queue) ?? new Set()).add(this));
  }

  withdraw(): void {
    waiting.get(this.#client)?.get(this.#queue)?.delete(this);
  }

  /** `undefined` when nothing was given. */
  take(): ErrandDone | undefined {
    const done = this.#given?.resolve;
    this.#given = undefined;
    return done;
  }

  #give(): Promise<boolean> {
    this.withdraw();
    this.#given = Promise.withResolvers();
    const { promise, resolve } = this.#given;
    const timer = setTimeout(() => resolve(false), longestMs);
    this.#wake();
    return promise.finally(() => clearTimeout(timer));
  }
}
