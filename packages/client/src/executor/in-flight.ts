/** The calls that have not settled yet: they can be waited for, and given up all at once. */
export class InFlight {
  readonly #calls = new Map<Promise<unknown>, (reason: Error) => void>();

  /** Settles as the work does, or rejects when it is given up first. */
  track<Result>(work: Promise<Result>): Promise<Result> {
    const call = Promise.withResolvers<Result>();
    work.then(call.resolve, call.reject);
    this.#calls.set(call.promise, call.reject);
    const forget = (): void => {
      this.#calls.delete(call.promise);
    };
    call.promise.then(forget, forget);
    return call.promise;
  }

  /** When all calls that are in flight now have settled. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#calls.keys());
  }

  giveUp(reason: Error): void {
    for (const reject of this.#calls.values()) reject(reason);
  }
}
