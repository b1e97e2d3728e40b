import type { Client, Session } from 'pgque';
import { Backoff } from '../backoff.ts';

/**
 * Lets one process at a time read a consumer that has no members. Two of them would get the same batch, and handle every
 * message twice. The others stand by and take over within a second when the first is gone. It rests on an advisory lock
 * of a session, so it needs a direct connection; without one it lets everybody pass.
 */
export class SoleGuard {
  readonly #client: Client;
  readonly #key: string;
  readonly #backoff = new Backoff(100, 1000);
  #session: Session | undefined;
  #isHeld = false;

  constructor(client: Client, queue: string, name: string) {
    this.#client = client;
    this.#key = `pgque consumer ${JSON.stringify([queue, name])}`;
  }

  /** Waits until this process may read. `onStandBy` is told once when another one does. Gives up with the signal. */
  async pass(signal: AbortSignal, onStandBy: () => void): Promise<void> {
    if (this.#isHeld || !this.#client.direct) return;
    for (let isToldOff = false; !signal.aborted; await this.#backoff.pause(signal)) {
      this.#session ??= await this.#open();
      this.#isHeld = await this.#tryLock(this.#session);
      if (this.#isHeld) break;
      if (!isToldOff) onStandBy();
      isToldOff = true;
    }
    this.#backoff.reset();
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }

  async #open(): Promise<Session> {
    const session = await this.#client.openSession();
    void session.closed.then(() => {
      if (this.#session === session) this.#session = undefined;
      this.#isHeld = false;
    });
    return session;
  }

  async #tryLock(session: Session): Promise<boolean> {
    const [row] = await session.query<{ held: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1::text, 0)) as held',
      [this.#key],
    );
    return row?.held ?? false;
  }
}
