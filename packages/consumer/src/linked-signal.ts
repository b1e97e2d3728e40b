/**
 * A signal that follows others until it is unlinked. What handlers leave behind on it goes with it; on one that
 * `AbortSignal.any()` makes, it would stay for as long as the others live.
 */
export class LinkedSignal implements Disposable {
  readonly #controller = new AbortController();
  readonly #links: (() => void)[] = [];

  constructor(...signals: AbortSignal[]) {
    for (const signal of signals) {
      const follow = (): void => this.#controller.abort(signal.reason);
      if (signal.aborted) follow();
      signal.addEventListener('abort', follow, { once: true });
      this.#links.push(() => signal.removeEventListener('abort', follow));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const unlink of this.#links) unlink();
  }
}
