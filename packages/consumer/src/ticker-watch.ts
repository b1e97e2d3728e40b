import type { Client } from 'pgque';

const intervalMs = 60_000;
const lateIntervalMs = 5000;

/**
 * A queue that nobody ticks looks like an empty one. Looks once a minute, while nothing comes, whether the newest tick is
 * much older than the ticker's slowest pace, and warns once; from then on it looks more often.
 */
export class TickerWatch {
  readonly #client: Client;
  readonly #queue: string;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isTicked = true;

  constructor(client: Client, queue: string) {
    this.#client = client;
    this.#queue = queue;
  }

  /** Whether something ticks the queue, as far as is known. */
  get isTicked(): boolean {
    return this.#isTicked;
  }

  /** There was a message, and so a tick. */
  note(): void {
    this.#isTicked = true;
  }

  /** Never rejects: a server that does not answer is somebody else's concern. */
  async look(): Promise<void> {
    if (performance.now() - this.#lookedAt < (this.#isTicked ? intervalMs : lateIntervalMs)) return;
    this.#lookedAt = performance.now();
    const [info] = await this.#client.getQueueInfo(this.#queue).catch(() => []);
    if (!info) return;
    const isLate =
      !info.tickerPaused && !info.externalTicker && info.tickerLagMs > info.tickerIdlePeriodMs + intervalMs;
    if (isLate && this.#isTicked) {
      this.#client.logger.warn(
        'nothing ticks this queue, so nothing is delivered: run createTicker(client), or pgque.start() with pg_cron',
        { queue: this.#queue, tickerLagMs: info.tickerLagMs },
      );
    }
    this.#isTicked = !isLate;
  }
}
