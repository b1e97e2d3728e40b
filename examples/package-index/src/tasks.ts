/**
 * Tasks that run side by side until they are told to stop. The first that fails stops the others, and so does the
 * signal from outside; the reason of `signal` says which it was.
 */
export class Tasks implements AsyncDisposable {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #running: Promise<void>[] = [];

  constructor(outerSignal: AbortSignal) {
    this.signal = AbortSignal.any([outerSignal, this.#controller.signal]);
  }

  start(task: (signal: AbortSignal) => Promise<unknown>): void {
    const running = task(this.signal).then(
      () => {},
      // After the stop a task may end by an error: that of the stop itself, or of what it left unfinished.
      (error: unknown) => this.#controller.abort(error),
    );
    this.#running.push(running);
  }

  /** Lets each task finish its turn. */
  async stop(): Promise<void> {
    this.#controller.abort(new Error('the tasks were stopped'));
    await Promise.all(this.#running);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
