/** The three steps of a stop, each a signal: take no more, give handlers up, give everything up. */
export class Stop {
  readonly #stopping = new AbortController();
  readonly #abandoned = new AbortController();
  readonly #over = new AbortController();
  #timers: NodeJS.Timeout[] = [];

  /** Nothing new is begun. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Handlers that still run have no time left. */
  get abandoned(): AbortSignal {
    return this.#abandoned.signal;
  }

  /** The bound has been reached, whatever is still under way. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Ends everything within this time: the last fifth of it, two seconds at most, is for the server. */
  begin(timeoutMs: number): void {
    if (this.over.aborted) return;
    this.#stopping.abort();
    const lastMs = Math.min(2000, timeoutMs / 5);
    this.#clear();
    this.#timers = [
      setTimeout(() => this.#abandoned.abort(new Error('the consumer stops')), timeoutMs - lastMs),
      setTimeout(() => this.end(), timeoutMs),
    ];
  }

  end(): void {
    this.#clear();
    this.#stopping.abort();
    this.#abandoned.abort(new Error('the consumer has stopped'));
    this.#over.abort();
  }

  #clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
