import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
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
  /** Opens the connection that listens. */
  readonly open: () => Promise<Session>;
  /** Notifies a channel on another connection. */
  readonly notify: (channel: string, payload: string) => Promise<unknown>;
  readonly logger: Logger;
  /** Milliseconds to wait for the notification that proves hearing. @default 2_000 */
  readonly probeTimeoutMs?: number;
  /** Milliseconds between two signs of life of the server. @default 30_000 */
  readonly pingIntervalMs?: number;
  /** Milliseconds until a listener that was deaf tries again. @default 60_000 */
  readonly deafRetryMs?: number;
}

interface Hearer {
  readonly channel: string;
  readonly hear: (payload: string | undefined) => void;
}

const probeChannel = 'pgque:probe';
const longestPauseMs = 5000;

/**
 * One connection that listens for all of a client. Listening only shortens a wait: a pooler that lends connections for a
 * transaction takes LISTEN and delivers nothing, and a connection can break unseen. So each connection is proven by a
 * notification sent on another one, is asked for signs of life, and is opened again for as long as somebody listens. After
 * each new connection all are woken, since something may have been missed.
 *
 *   off -> connecting -> hearing -> (lost) connecting
 *                     -> deaf -> (a minute) connecting
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #hearers = new Set<Hearer>();
  #session: Session | undefined;
  #isHearing = false;
  #stop = new AbortController();
  #run: Promise<void> | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Calls `hear` for each notification, and with `undefined` when some may have been missed. */
  subscribe(channel: string, hear: (payload: string | undefined) => void): Subscription {
    const hearer: Hearer = { channel, hear };
    const isNew = ![...this.#hearers].some((other) => other.channel === channel);
    this.#hearers.add(hearer);
    if (this.#run === undefined) {
      this.#stop = new AbortController();
      this.#run = this.#listen(this.#stop.signal).finally(() => {
        this.#run = undefined;
      });
    } else if (isNew && this.#session) {
      this.#listenTo(this.#session, channel).then(
        () => hear(undefined),
        () => {},
      );
    }
    const listener = this;
    return {
      get isHearing() {
        return listener.#isHearing;
      },
      close: () => this.#remove(hearer),
    };
  }

  async close(): Promise<void> {
    this.#hearers.clear();
    this.#stop.abort();
    await this.#run;
  }

  #remove(hearer: Hearer): void {
    this.#hearers.delete(hearer);
    if (this.#hearers.size === 0) this.#stop.abort();
    else if (![...this.#hearers].some(({ channel }) => channel === hearer.channel)) {
      this.#session?.unlisten(hearer.channel).catch(() => {});
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    let pauseMs = 100;
    while (!signal.aborted) {
      const outcome = await this.#hearUntilLost(signal);
      if (outcome === 'lost') pauseMs = 100;
      const waitMs = outcome === 'deaf' ? (this.#options.deafRetryMs ?? 60_000) : pauseMs * (0.5 + Math.random());
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
    // Somebody may have subscribed between the last word and here.
    if (this.#hearers.size > 0 && this.#stop.signal === signal) {
      this.#stop = new AbortController();
      await this.#listen(this.#stop.signal);
    }
  }

  /** Opens a connection, proves it, and stays until it is gone. */
  async #hearUntilLost(signal: AbortSignal): Promise<'failed' | 'deaf' | 'lost'> {
    const { open, logger } = this.#options;
    let session: Session;
    try {
      session = await open();
    } catch (error) {
      logger.debug('the connection that listens could not be opened; consumers poll until it is', { error });
      return 'failed';
    }
    try {
      this.#session = session;
      for (const channel of new Set([...this.#hearers].map((hearer) => hearer.channel))) {
        await this.#listenTo(session, channel);
      }
      if (!(await this.#isProven(session))) {
        if (!signal.aborted) logger.warn('notifications do not arrive, probably because of a pooler; consumers poll');
        return 'deaf';
      }
      this.#isHearing = true;
      this.#hearAll();
      await this.#guard(session, signal);
      if (!signal.aborted) logger.info('the connection that listens was lost; consumers poll until it is back');
      return 'lost';
    } catch (error) {
      logger.debug('the connection that listens broke while it was set up', { error });
      return 'failed';
    } finally {
      this.#isHearing = false;
      this.#session = undefined;
      await session.close();
      // Whoever relied on being woken looks for himself now.
      if (!signal.aborted) this.#hearAll();
    }
  }

  async #listenTo(session: Session, channel: string): Promise<void> {
    await session.listen(channel, (payload) => {
      for (const hearer of this.#hearers) if (hearer.channel === channel) hearer.hear(payload);
    });
  }

  async #isProven(session: Session): Promise<boolean> {
    const heard = Promise.withResolvers<void>();
    const token = randomUUID();
    await session.listen(probeChannel, (payload) => {
      if (payload === token) heard.resolve();
    });
    await this.#options.notify(probeChannel, token);
    const isProven = await settlesWithin(heard.promise, this.#options.probeTimeoutMs ?? 2000);
    await session.unlisten(probeChannel);
    return isProven;
  }

  async #guard(session: Session, signal: AbortSignal): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const ended = Promise.race([session.closed, stopped]);
    while (!(await settlesWithin(ended, this.#options.pingIntervalMs ?? 30_000))) {
      if (!(await session.ping(5000))) return;
    }
  }

  #hearAll(): void {
    for (const { hear } of this.#hearers) hear(undefined);
  }
}
