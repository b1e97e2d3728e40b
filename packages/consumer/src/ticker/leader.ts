import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, doorbellChannel, type PendingTicks, type Session } from 'pgque';
import { Errand } from '../wake-up/errand.ts';
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
/** Ticks that follow each other so closely, so often, are a flow. */
const flowGapMs = 3;
const flowTicks = 5;

/**
 * Ticks for as long as it leads, in one of two ways.
 *
 * Calm, the doorbell is up: it sleeps until somebody rings, ticks, and sleeps again. In a flow the doorbell is down, so that
 * busy queues never pay for notifications: it looks every millisecond or two, until a look finds nothing.
 *
 * Two cases ring for nobody, and it looks again by itself: a transaction that was open at a look and may have sent before
 * (`isOwed`), again and again; and one that read the doorbell just before it was raised, soon after.
 */
export class Leader {
  readonly #client: Client;
  readonly #session: Session;
  readonly #options: LeaderOptions;
  readonly #bell = new Latch();
  /** When the last tick was made, and how many before it followed each other closely. */
  #tickedAtMs = Number.NEGATIVE_INFINITY;
  #closeTicks = 0;
  readonly #pace: Pace;
  readonly #upkeep: Upkeep;

  constructor(client: Client, session: Session, options: LeaderOptions) {
    this.#client = client;
    this.#session = session;
    this.#options = options;
    this.#pace = new Pace(options);
    this.#upkeep = new Upkeep(client, { ...options, onMoved: () => this.#bell.open() });
  }

  /** Until the signal; rejects when the session breaks, and then another may lead. */
  async lead(signal: AbortSignal): Promise<void> {
    // A lost tick is made again, and whoever acknowledged past it has flushed it with his own commit.
    await this.#session.query('set synchronous_commit = off');
    await this.#session.listen(doorbellChannel, (queue) => void this.#ring(queue));
    try {
      while (!signal.aborted) {
        await this.#rest(signal);
        await this.#follow(signal);
      }
    } finally {
      await this.#upkeep.idle();
    }
  }

  /**
   * A consumer of this process that waits for the queue ticks it on the way, and then there is nothing to look for: the doorbell is
   * still up.
   */
  async #ring(queue: string): Promise<void> {
    const isTicked = await Errand.give(this.#client, queue);
    if (isTicked) this.#noteTick();
    if (!isTicked || this.#isFlow) this.#bell.open();
  }

  get #isFlow(): boolean {
    return this.#closeTicks >= flowTicks;
  }

  #noteTick(): void {
    const nowMs = performance.now();
    this.#closeTicks = nowMs - this.#tickedAtMs < flowGapMs ? this.#closeTicks + 1 : 0;
    this.#tickedAtMs = nowMs;
  }

  /** Calm: until ticks follow each other closely. */
  async #rest(signal: AbortSignal): Promise<void> {
    this.#closeTicks = 0;
    for (let looks = 1; !signal.aborted; looks += 1) {
      this.#bell.shut();
      const pending = await this.#look(doorbellSeconds);
      if (pending.ticked > 0) {
        this.#noteTick();
        this.#pace.busy(0);
      }
      if (this.#isFlow) return;
      const dueInMs = this.#upkeep.begin(pending, pending.ticked === 0);
      await this.#bell.wait(Math.min(this.#pauseMs(pending, looks), dueInMs), signal);
    }
  }

  /** In a flow: until a look finds nothing. */
  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedAtMs = performance.now();
      const pending = await this.#look(0);
      this.#upkeep.begin(pending, false);
      if (pending.ticked === 0) return;
      await sleep(this.#pace.busy(performance.now() - startedAtMs), undefined, { signal }).catch(() => {});
    }
  }

  #pauseMs({ isDoorbell, isOwed }: PendingTicks, looks: number): number {
    if (!isDoorbell) return this.#pace.quiet();
    if (looks === 1) return secondLookMs;
    return isOwed ? Math.max(secondLookMs, this.#pace.quiet(longestOwedMs)) : longestSleepMs;
  }

  /** Consumers of this client hear of a tick at once; those of others, when the server notifies them. */
  async #look(sleepSeconds: number): Promise<PendingTicks> {
    const pending = await this.#session.tickPending(sleepSeconds);
    for (const { queue, tickId } of pending.ticks) this.#client.announce(`pgque_${queue}`, String(tickId));
    this.#options.onTurn(pending);
    return pending;
  }
}
