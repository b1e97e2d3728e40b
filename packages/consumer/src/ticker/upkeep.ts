import type { Client, PendingTicks } from 'pgque';

export interface UpkeepOptions {
  /** Milliseconds between two rotations while events flow. */
  readonly maintIntervalMs: number;
  /** Something was moved into a queue, and is to be ticked. */
  readonly onMoved: () => void;
}

/** While nothing flows, rotation has little to do. */
const idleFactor = 6;
const moveIntervalMs = 1000;
const idleMoveIntervalMs = 10_000;

/**
 * What a ticker does beside ticking, on connections of the client, so that no tick waits for it: retries and delayed sends
 * are moved when they are due, and logs are rotated. A failure is logged; the next turn tries again.
 */
export class Upkeep {
  readonly #client: Client;
  readonly #options: UpkeepOptions;
  readonly #tasks: { readonly move: Task; readonly rotate: Task };

  constructor(client: Client, options: UpkeepOptions) {
    this.#client = client;
    this.#options = options;
    this.#tasks = { move: new Task(() => this.#move()), rotate: new Task(() => this.#rotate()) };
  }

  /** Begins what is due; `isIdle`: no event was seen at the last look. Answers the milliseconds until something is due. */
  begin({ nextDueInMs }: PendingTicks, isIdle: boolean): number {
    const { move, rotate } = this.#tasks;
    const waits = [
      move.begin(isIdle ? idleMoveIntervalMs : moveIntervalMs, nextDueInMs ?? Number.POSITIVE_INFINITY),
      rotate.begin(this.#options.maintIntervalMs * (isIdle ? idleFactor : 1)),
    ];
    return Math.min(...waits);
  }

  /** When nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all([this.#tasks.move.done, this.#tasks.rotate.done]);
  }

  /** As long as there is more: one call moves a portion. */
  async #move(): Promise<void> {
    try {
      while ((await this.#client.maintRetryEvents()) > 0) this.#options.onMoved();
    } catch (error) {
      this.#client.logger.warn('retries and delayed events could not be moved', { error });
    }
  }

  /** One call moves each log by one phase; three phases make a rotation. */
  async #rotate(): Promise<void> {
    try {
      for (let phase = 0; phase < 3 && (await this.#client.maint()) > 0; phase += 1);
    } catch (error) {
      this.#client.logger.warn('the logs could not be rotated', { error });
    }
  }
}

/** Something done from time to time, never twice at once. */
class Task {
  /** Resolves when it is not under way. */
  done: Promise<void> = Promise.resolve();
  readonly #run: () => Promise<void>;
  #isRunning = false;
  #ranAt = performance.now();

  constructor(run: () => Promise<void>) {
    this.#run = run;
  }

  /** Begins when the interval has passed since it last began, or when it is due; answers when to ask again. */
  begin(intervalMs: number, dueInMs = Number.POSITIVE_INFINITY): number {
    const waitMs = Math.min(this.#ranAt + intervalMs - performance.now(), dueInMs);
    if (this.#isRunning) return intervalMs;
    if (waitMs > 0) return waitMs;
    this.#isRunning = true;
    this.#ranAt = performance.now();
    this.done = this.#run().finally(() => {
      this.#isRunning = false;
    });
    return intervalMs;
  }
}
