import type { SentMessage } from '../thread-messages.ts';

/** One message in the hands of a slot, from the call of its handler to its outcome. */
export class Task {
  readonly message: SentMessage;
  readonly signal: AbortSignal;
  readonly #result = Promise.withResolvers<unknown>();
  #isSuspect = false;
  /** Why its handler was told to end; whatever the handler comes to then, this is how the task ends. */
  cutShort: Error | undefined;
  #isAborting = false;
  #timers: NodeJS.Timeout[] = [];
  #unfollow: (() => void) | undefined;

  constructor(message: SentMessage, signal: AbortSignal) {
    this.message = message;
    this.signal = signal;
  }

  get result(): Promise<unknown> {
    return this.#result.promise;
  }

  /** It ran beside others when their thread died, and may have been the cause: it runs alone the next time. */
  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  /** Whether its thread has heard that it is to end, and so is not blocked. */
  get isAborting(): boolean {
    return this.#isAborting;
  }

  noteAborting(): void {
    this.#isAborting = true;
  }

  /** It is to run again, alone, as if it had never run. */
  suspect(): this {
    this.#halt();
    this.#isSuspect = true;
    this.#isAborting = false;
    this.cutShort = undefined;
    return this;
  }

  /** For as long as it runs. */
  after(delayMs: number, act: () => void): void {
    this.#timers.push(setTimeout(act, delayMs));
  }

  /** For as long as it runs. */
  onAbort(act: () => void): void {
    this.signal.addEventListener('abort', act, { once: true });
    this.#unfollow = () => this.signal.removeEventListener('abort', act);
  }

  resolve(result: unknown): void {
    this.#halt();
    if (this.cutShort) this.#result.reject(this.cutShort);
    else this.#result.resolve(result);
  }

  reject(error: unknown): void {
    this.#halt();
    this.#result.reject(this.cutShort ?? error);
  }

  #halt(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#unfollow?.();
    this.#unfollow = undefined;
  }
}
