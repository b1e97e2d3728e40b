/** Lets the calls for one queue leave in the order in which they were made, although some have to be validated first. */
export class SendOrder {
  readonly #last = new Map<string, Promise<void>>();

  /** Sends at once when there is nothing to wait for. What does not become ready is not sent, and holds up nobody. */
  async depart<Result>(queue: string, ready: Promise<void> | undefined, send: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(queue);
    if (!ready && !before) return await send();
    const left = Promise.withResolvers<void>();
    this.#last.set(queue, left.promise);
    left.promise.then(() => {
      if (this.#last.get(queue) === left.promise) this.#last.delete(queue);
    });
    let sent: Promise<Result>;
    try {
      await ready;
      await before;
      sent = send();
    } finally {
      // Who comes next waits for those before this one, too.
      left.resolve(before);
    }
    return await sent;
  }
}
