import type { Client } from 'pgque';

const intervalMs = 60_000;

/**
 * A queue that nobody ticks looks like an empty one. Looks once a minute, while nothing comes, whether the newest tick is
 * much older than the ticker's slowest pace, and warns once.
 */
export class TickerWatch {
  readonly #client: Client;
  readonly #queue: string;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isWarned = false;

  constructor(client: Client, queue: string) {
    this.#client = client;
    this.#queue = queue;
  }

  /** Never rejects: a server that does not answer is somebody else's concern. */
  async look(): Promise<void> {
    if (performance.now() - this.#lookedAt < intervalMs) return;
    this.#lookedAt = performance.now();
    const [info] = await this.#client.getQueueInfo(this.#queue).catch(() => []);
    if (!info) return;
    const isLate =
      !info.tickerPaused && !info.externalTicker && info.tickerLagMs > info.tickerIdlePeriodMs + intervalMs;
    if (isLate && !this.#isWarned) {
      this.#client.logger.warn(
        'nothing ticks this queue, so nothing is delivered: run createTicker(client), or pgque.start() with pg_cron',
        {
          queue: this.#queue,
          tickerLagMs: info.tickerLagMs,
        },
      );
    }
    this.#isWarned = isLate;
  }
}
