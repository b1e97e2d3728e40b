import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, doorbellChannel, type PendingTicks, type Session } from 'pgque';
import { Latch } from '../wake-up/latch.ts';
import { Pace, type PaceOptions } from './pace.ts';
import { Upkeep } from './upkeep.ts';

export interface LeaderOptions extends PaceOptions {
  readonly maintIntervalMs: number;
  readonly onTurn: (pending: PendingTicks) => void;
}

/** A sleep ends after this at the latest, for the ticks of idle queues. */
const longestSleepMs = 10_000;
/** The doorbell outlasts the sleep. */
const doorbellSeconds = 30;
/** Until the look that catches who was between drawing an event id and reading the doorbell. */
const secondLookMs = 20;
/** While a transaction is open that may have sent events and will not ring. */
const longestOwedMs = 1000;

/**
 * Ticks for as long as it leads. Awake it looks every millisecond or two, with the doorbell down, so that a busy queue
 * never pays for a notification. When a look finds nothing, it raises the doorbell, looks once more, and sleeps until it
 * is rung. Two cases ring for nobody: a transaction that was open at that look and may have sent before (`isOwed`), and
 * one that read the doorbell just before it was raised. So it looks again by itself, soon, and in the first case again
 * and again.
 */
export class Leader {
  readonly #session: Session;
  readonly #options: LeaderOptions;
  readonly #bell = new Latch();
  readonly #pace: Pace;
  readonly #upkeep: Upkeep;

  constructor(client: Client, session: Session, options: LeaderOptions) {
    this.#session = session;
    this.#options = options;
    this.#pace = new Pace(options);
    this.#upkeep = new Upkeep(client, { ...options, onMoved: () => this.#bell.open() });
  }

  /** Until the signal; rejects when the session breaks, and then another may lead. */
  async lead(signal: AbortSignal): Promise<void> {
    // A lost tick is made again, and whoever acknowledged past it has flushed it with his own commit.
    await this.#session.query('set synchronous_commit = off');
    await this.#session.listen(doorbellChannel, () => this.#bell.open());
    try {
      while (!signal.aborted) {
        const startedAt = performance.now();
        const pending = await this.#look(0);
        this.#upkeep.begin(pending, false);
        if (pending.ticked === 0) await this.#doze(signal);
        else await sleep(this.#pace.busy(performance.now() - startedAt), undefined, { signal }).catch(() => {});
      }
    } finally {
      await this.#upkeep.idle();
    }
  }

  /** Sleeps until there is something to tick. */
  async #doze(signal: AbortSignal): Promise<void> {
    for (let looks = 1; !signal.aborted; looks += 1) {
      this.#bell.shut();
      const pending = await this.#look(doorbellSeconds);
      if (pending.ticked > 0) return;
      const dueInMs = this.#upkeep.begin(pending, true);
      const isRung = await this.#bell.wait(Math.min(this.#pauseMs(pending, looks), dueInMs), signal);
      if (isRung) return;
    }
  }

  #pauseMs({ isDoorbell, isOwed }: PendingTicks, looks: number): number {
    if (!isDoorbell) return this.#pace.quiet();
    if (looks === 1) return secondLookMs;
    return isOwed ? Math.max(secondLookMs, this.#pace.quiet(longestOwedMs)) : longestSleepMs;
  }

  async #look(sleepSeconds: number): Promise<PendingTicks> {
    const pending = await this.#session.tickPending(sleepSeconds);
    this.#options.onTurn(pending);
    return pending;
  }
}
