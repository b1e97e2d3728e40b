import { ConsumerNotRegisteredError, type Operations } from 'pgque';
import type { HeartbeatTarget } from './heartbeat-messages.ts';

/** The batches that are kept alive from one place. Each is touched at its own interval, for as long as it is open. */
export class Beats {
  readonly #touch: (target: HeartbeatTarget) => Promise<boolean | undefined>;
  readonly #onLost: (batch: number) => void;
  readonly #timers = new Map<number, NodeJS.Timeout>();

  /** `touch` answers whether the member still has a batch, and `undefined` when it could not find out. */
  constructor(touch: (target: HeartbeatTarget) => Promise<boolean | undefined>, onLost: (batch: number) => void) {
    this.#touch = touch;
    this.#onLost = onLost;
  }

  begin(batch: number, target: HeartbeatTarget): void {
    let isBeating = false;
    const timer = setInterval(async () => {
      if (isBeating) return;
      isBeating = true;
      const isOpen = await this.#touch(target).finally(() => {
        isBeating = false;
      });
      if (isOpen === false && this.#timers.has(batch)) this.#onLost(batch);
    }, target.intervalMs);
    this.#timers.set(batch, timer.unref());
  }

  end(batch: number): void {
    clearInterval(this.#timers.get(batch));
    this.#timers.delete(batch);
  }

  close(): void {
    for (const batch of [...this.#timers.keys()]) this.end(batch);
  }
}

/** Whether this member still has a batch. One that was silent for long is a member no more. */
export async function touch(on: Operations, { queue, name, member }: HeartbeatTarget): Promise<boolean> {
  try {
    return (await on.touchSubconsumer(queue, name, member)) === 1;
  } catch (error) {
    if (error instanceof ConsumerNotRegisteredError) return false;
    throw error;
  }
}
