import type { ConsumerName } from './consumers/consumer-names.ts';
import { ConsumerProgress } from './consumers/consumer-progress.ts';
import type { BrokenInput } from './input/input-item.ts';

/** What this run has come to. Everything counts events of this run alone, each once. */
export class Progress {
  readonly consumers: Readonly<Record<ConsumerName, ConsumerProgress>>;
  sent = 0;
  sentBytes = 0;
  /** Broken pieces of the input. */
  broken = 0;
  /** The broken piece at which reading stopped, if it was to stop there. */
  refused: BrokenInput | undefined;
  /** Set when the input has come to its end and everything of it was sent. */
  isFed = false;
  readonly #watchers = new Set<() => void>();

  constructor() {
    const consumer = (): ConsumerProgress => new ConsumerProgress(() => this.#tell());
    this.consumers = {
      audit_logger: consumer(),
      notification_sender: consumer(),
      analytics_pipeline: consumer(),
    };
  }

  noteSent(events: number, bytes: number): void {
    this.sent += events;
    this.sentBytes += bytes;
    this.#tell();
  }

  noteBroken(piece: BrokenInput, isRefused: boolean): void {
    this.broken += 1;
    if (isRefused) this.refused = piece;
  }

  noteFed(): void {
    this.isFed = true;
    this.#tell();
  }

  /** Sent and not yet settled by the slowest consumer. */
  get behind(): { events: number; bytes: number } {
    const all = Object.values(this.consumers);
    return {
      events: this.sent - Math.min(...all.map(({ settled }) => settled)),
      bytes: this.sentBytes - Math.min(...all.map(({ settledBytes }) => settledBytes)),
    };
  }

  get isDelivered(): boolean {
    return this.isFed && this.behind.events === 0;
  }

  /** Waits until the condition holds, asked again at every change; the signal ends the wait with its reason. */
  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        this.#watchers.delete(look);
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        finish();
        reject(signal.reason);
      };
      const look = (): void => {
        if (!condition()) return;
        finish();
        resolve();
      };
      if (signal.aborted) return reject(signal.reason);
      this.#watchers.add(look);
      signal.addEventListener('abort', giveUp);
      look();
    });
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
