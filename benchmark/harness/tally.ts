import { VoidRun } from './scenario.ts';

/** Counts what is handled, event by event and consumer by consumer. */
export class Tally {
  readonly #total: number;
  readonly #seen: readonly Uint8Array[];
  #distinct = 0;
  #handled = 0;
  #lastAt = performance.now();
  #wanted = Number.POSITIVE_INFINITY;
  #reached = Promise.withResolvers<void>();

  /** Events are numbered from 0; each of so many consumers is to see each of them. */
  constructor(total: number, consumers = 1) {
    this.#total = total;
    this.#seen = Array.from({ length: consumers }, () => new Uint8Array(total));
  }

  /** Of all consumers together, what came twice counted twice. */
  get handled(): number {
    return this.#handled;
  }

  /** The same, each once. */
  get distinct(): number {
    return this.#distinct;
  }

  count(event: number, consumer: number): void {
    const seen = this.#seen[consumer];
    if (!seen || !(event < this.#total)) throw new Error(`there is no event ${event} for consumer ${consumer}`);
    if (seen[event] === 0) this.#distinct += 1;
    seen[event] = Math.min(255, (seen[event] ?? 0) + 1);
    this.#handled += 1;
    this.#lastAt = performance.now();
    if (this.#distinct >= this.#wanted) this.#reached.resolve();
  }

  /** Resolves when every consumer has seen every event; a run in which nothing happens any more is void. */
  complete(stallMs: number): Promise<void> {
    return this.reach(this.#total, stallMs);
  }

  /** The same for the first so many events of each consumer. */
  async reach(events: number, stallMs: number): Promise<void> {
    this.#wanted = events * this.#seen.length;
    if (this.#distinct >= this.#wanted) return;
    this.#reached = Promise.withResolvers<void>();
    this.#lastAt = performance.now();
    const stalled = Promise.withResolvers<never>();
    const watch = setInterval(
      () => {
        if (performance.now() - this.#lastAt > stallMs) stalled.reject(new VoidRun(this.#verdict()));
      },
      Math.min(1000, stallMs / 4),
    );
    try {
      await Promise.race([this.#reached.promise, stalled.promise]);
    } finally {
      clearInterval(watch);
    }
  }

  /** To be asked when nothing can come any more. */
  assertExactlyOnce(): void {
    if (this.#seen.some((seen) => seen.some((times) => times !== 1))) throw new VoidRun(this.#verdict());
  }

  #verdict(): string {
    let lost = 0;
    let doubled = 0;
    for (const seen of this.#seen) {
      for (const times of seen) {
        if (times === 0) lost += 1;
        if (times > 1) doubled += 1;
      }
    }
    return `${lost} lost, ${doubled} doubled of ${this.#total * this.#seen.length}`;
  }
}
