import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRetryable } from '../errors/is-retryable.ts';
import { settlesWithin } from '../executor/settles-within.ts';
import type { Logger } from '../logger.ts';
import type { Session } from './session.ts';

/** What somebody hears of a channel. */
export interface Subscription {
  /** Whether notifications arrive, which was tried on this connection. Without, ask the server from time to time. */
  readonly isHearing: boolean;
  close(): void;
}

export interface ListenerOptions {
  /** Opens the connection that listens; the signal ends the attempt. */
  readonly open: (signal: AbortSignal) => Promise<Session>;
  /** Notifies a channel on another connection. */
  readonly notify: (channel: string, payload: string) => Promise<unknown>;
  readonly logger: Logger;
  /** Milliseconds to wait for the notification that proves hearing. @default 5_000 */
  readonly probeTimeoutMs?: number;
  /** Milliseconds between two signs of life of the server. @default 30_000 */
  readonly pingIntervalMs?: number;
  /** Milliseconds to wait for a sign of life. @default 5_000 */
  readonly pingTimeoutMs?: number;
  /** Milliseconds until a listener that was deaf tries again. @default 60_000 */
  readonly deafRetryMs?: number;
}

type Hear = (payload: string | undefined) => void;

interface Hearer {
  readonly channel: string;
  readonly hear: Hear;
  isHearing: boolean;
}

/** Why there is no connection that hears. */
type Ending = 'stopped' | 'failed' | 'deaf' | 'lost';

const probeChannel = 'pgque:probe';
const shortestPauseMs = 100;
const longestPauseMs = 5000;

/**
 * One connection that listens for all of a client. Listening only shortens a wait: a pooler that lends connections for a
 * transaction takes LISTEN and delivers nothing, and a connection can break unseen. So each connection is proven by a
 * notification sent on another one, is asked for signs of life, and is opened again for as long as somebody listens. After
 * each new connection all are woken, since something may have been missed, and after each that ended, since nobody wakes
 * them now.
 *
 *   off -> connecting -> hearing -> (lost) connecting
 *                     -> deaf -> (a minute) connecting
 *                     -> (failed, after a pause) connecting
 */
export class Listener {
  readonly #options: Required<ListenerOptions>;
  readonly #hearers = new Set<Hearer>();
  #session: Session | undefined;
  #stop: AbortController | undefined;
  #run: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** What was said since the last time that something was heard. */
  readonly #warnings = new Set<string>();

  constructor(options: ListenerOptions) {
    this.#options = {
      probeTimeoutMs: 5000,
      pingIntervalMs: 30_000,
      pingTimeoutMs: 5000,
      deafRetryMs: 60_000,
      ...options,
    };
  }

  /** Calls `hear` for each notification, and with `undefined` when some may have been missed. */
  subscribe(channel: string, hear: Hear): Subscription {
    const hearer: Hearer = { channel, hear, isHearing: false };
    if (!this.#isClosed) this.#add(hearer);
    return {
      get isHearing() {
        return hearer.isHearing;
      },
      close: () => this.#remove(hearer),
    };
  }

  /** Tells the hearers of a channel at once what the server is about to notify. */
  announce(channel: string, payload: string): void {
    for (const hearer of this.#hearersOf(channel)) this.#tell(hearer, payload);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const hearer of this.#hearers) this.#remove(hearer);
    await this.#run;
  }

  #add(hearer: Hearer): void {
    this.#hearers.add(hearer);
    if (this.#session) void this.#tune(this.#session, hearer);
    if (this.#stop) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#run = this.#run.then(() => this.#listen(signal));
  }

  #remove(hearer: Hearer): void {
    if (!this.#hearers.delete(hearer)) return;
    hearer.isHearing = false;
    if (this.#hearers.size === 0) {
      this.#stop?.abort();
      this.#stop = undefined;
    } else if (!this.#hearersOf(hearer.channel).length) {
      this.#session?.unlisten(hearer.channel).catch(() => {});
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    let pauseMs = shortestPauseMs;
    while (!signal.aborted) {
      const ending = await this.#hearUntilLost(signal, stopped);
      if (ending === 'lost') pauseMs = shortestPauseMs;
      const waitMs = ending === 'deaf' ? this.#options.deafRetryMs : pauseMs * (0.5 + Math.random());
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Opens a connection, proves it, and stays until it is gone. */
  async #hearUntilLost(signal: AbortSignal, stopped: Promise<void>): Promise<Ending> {
    const { open, logger } = this.#options;
    let session: Session;
    try {
      session = await open(signal);
    } catch (error) {
      const message = 'the connection that listens could not be opened; consumers poll until it is';
      if (signal.aborted || isRetryable(error)) logger.debug(message, { error });
      else this.#warnOnce(message, { error });
      return 'failed';
    }
    // What waits for an answer that never comes waits no longer.
    const drop = (): void => void session.close();
    if (signal.aborted) drop();
    signal.addEventListener('abort', drop, { once: true });
    try {
      const isProven = await this.#isProven(session, stopped);
      if (signal.aborted) return 'stopped';
      if (!isProven) {
        this.#warnOnce('notifications do not arrive, probably because of a pooler; consumers poll', {
          hint: "Give the address of the server itself: { direct: 'postgresql://…' }.",
        });
        return 'deaf';
      }
      this.#warnings.clear();
      this.#session = session;
      await Promise.all([...this.#hearers].map((hearer) => this.#tune(session, hearer)));
      await this.#guard(session, stopped);
      if (signal.aborted) return 'stopped';
      logger.info('the connection that listens was lost; consumers poll until it is back');
      return 'lost';
    } catch (error) {
      logger.debug('the connection that listens broke while it was set up', { error });
      return 'failed';
    } finally {
      signal.removeEventListener('abort', drop);
      this.#session = undefined;
      for (const hearer of this.#hearers) hearer.isHearing = false;
      for (const hearer of this.#hearers) this.#tell(hearer, undefined);
      await session.close();
    }
  }

  /** Whether a notification from another connection arrives. */
  async #isProven(session: Session, stopped: Promise<void>): Promise<boolean> {
    const { notify, probeTimeoutMs } = this.#options;
    const heard = Promise.withResolvers<void>();
    const token = randomUUID();
    await session.listen(probeChannel, (payload) => {
      if (payload === token) heard.resolve();
    });
    await Promise.race([notify(probeChannel, token), stopped]);
    const isProven = await settlesWithin(Promise.race([heard.promise, stopped]), probeTimeoutMs);
    await session.unlisten(probeChannel);
    return isProven;
  }

  #warnOnce(message: string, details: object): void {
    if (!this.#warnings.has(message)) this.#options.logger.warn(message, details);
    this.#warnings.add(message);
  }

  /** Begins to listen for one, who then looks for what it has missed. */
  async #tune(session: Session, hearer: Hearer): Promise<void> {
    const { channel } = hearer;
    try {
      await session.listen(channel, (payload) => {
        for (const each of this.#hearersOf(channel)) this.#tell(each, payload);
      });
    } catch (error) {
      this.#options.logger.debug('a channel cannot be listened to; its consumers poll', { channel, error });
      return;
    }
    if (this.#session !== session || !this.#hearers.has(hearer)) return;
    hearer.isHearing = true;
    this.#tell(hearer, undefined);
  }

  async #guard(session: Session, stopped: Promise<void>): Promise<void> {
    const { pingIntervalMs, pingTimeoutMs } = this.#options;
    const ended = Promise.race([session.closed, stopped]);
    while (!(await settlesWithin(ended, pingIntervalMs))) {
      await Promise.race([session.ping(pingTimeoutMs), stopped]);
    }
  }

  #hearersOf(channel: string): Hearer[] {
    return [...this.#hearers].filter((hearer) => hearer.channel === channel);
  }

  /** One that throws must not end the connection of all. */
  #tell({ channel, hear }: Hearer, payload: string | undefined): void {
    try {
      hear(payload);
    } catch (error) {
      this.#options.logger.error('what listens to a channel has thrown', { channel, error });
    }
  }
}
