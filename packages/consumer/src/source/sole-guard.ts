import type { Client, Session } from 'pgque';
import { Backoff } from '../backoff.ts';
import { openLeasedSession } from '../leased-session.ts';

export interface SoleGuardOptions {
  readonly queue: string;
  readonly name: string;
  readonly deadIntervalMs: number;
}

/**
 * Lets one process at a time read a consumer that has no members. Two of them would get the same batch, and handle every
 * message twice. The others stand by and take over: within a second when the first is gone, within `deadIntervalMs` when it
 * is silent. It rests on an advisory lock of a session; a client that can have none of its own lets everybody pass.
 */
export class SoleGuard {
  readonly #client: Client;
  readonly #key: string;
  readonly #leaseMs: number;
  readonly #backoff = new Backoff(100, 1000);
  #session: Session | undefined;
  #isHeld = false;
  #isClosed = false;
  #isWarned = false;

  constructor(client: Client, { queue, name, deadIntervalMs }: SoleGuardOptions) {
    this.#client = client;
    this.#key = `pgque consumer ${JSON.stringify([queue, name])}`;
    this.#leaseMs = deadIntervalMs;
  }

  /** Waits until this process may read. `onStandBy` is told once when another one does. Gives up with the signal. */
  async pass(signal: AbortSignal, onStandBy: () => void): Promise<void> {
    if (this.#isHeld) return;
    for (let isToldOff = false; !signal.aborted; await this.#backoff.pause(signal)) {
      const session = this.#session ?? (await this.#open(signal));
      if (!session) return this.#warn();
      this.#isHeld = await this.#tryLock(session);
      if (this.#isHeld) break;
      if (!isToldOff) onStandBy();
      isToldOff = true;
    }
    this.#backoff.reset();
  }

  /** The session that holds the lock: who receives on it knows that the lock is still held. */
  get session(): Session | undefined {
    return this.#isHeld ? this.#session : undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#session?.close();
  }

  async #open(signal: AbortSignal): Promise<Session | undefined> {
    const session = await openLeasedSession(this.#client, { leaseMs: this.#leaseMs, signal });
    void session?.closed.then(() => {
      if (this.#session === session) this.#session = undefined;
      this.#isHeld = false;
    });
    if (this.#isClosed) await session?.close();
    else this.#session = session;
    return session;
  }

  /** A session that does not answer is of no use any more. */
  async #tryLock(session: Session): Promise<boolean> {
    try {
      const [row] = await session.query<{ held: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1::text, 0)) as held',
        [this.#key],
      );
      return row?.held ?? false;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  #warn(): void {
    if (this.#isWarned || !this.#client.direct) return;
    this.#isWarned = true;
    this.#client.logger.warn(
      'no session of its own is to be had, probably because of a pooler: several processes of this consumer would all get the same messages',
      {
        consumer: this.#key,
        hint: "Give the address of the server itself, { direct: 'postgresql://…' }, or use members: 'auto'.",
      },
    );
  }
}
