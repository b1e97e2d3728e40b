/** What a sleeper waits at. Opened while nobody waits, it lets the next one pass; `shut` takes that back. */
export class Latch {
  #isOpen = false;
  #wake: (() => void) | undefined;

  open(): void {
    this.#isOpen = true;
    this.#wake?.();
  }

  shut(): void {
    this.#isOpen = false;
  }

  /** Until it is open, the time is over, or the signal is aborted; answers whether it is open. One sleeper at a time. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#isOpen || signal.aborted) return this.#isOpen;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(finish, timeoutMs);
      signal.addEventListener('abort', finish, { once: true });
      this.#wake = finish;
    });
    return this.#isOpen;
  }
}
