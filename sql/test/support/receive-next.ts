import type { Client } from 'pg';
import type { Message, QueueDriver } from './queue-driver.ts';

/** Announcements of ticks of a queue, on a session that does nothing but listen. */
export class TickListener {
  readonly #session: Client;

  private constructor(session: Client) {
    this.#session = session;
  }

  static async open(session: Client, queue: QueueDriver): Promise<TickListener> {
    await session.query(`listen "pgque_${queue.name}"`);
    return new TickListener(session);
  }

  /** Resolves at the next tick; never, when the session ends before it. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#session.once('notification', () => resolve());
    });
  }
}

/** Receives as often as a tick is announced, until something is there. */
export async function receiveNext(
  queue: QueueDriver,
  listener: TickListener,
): Promise<[message: Message, ...more: Message[]]> {
  for (;;) {
    const ticked = listener.next();
    const [first, ...others] = await queue.receive();
    if (first) return [first, ...others];
    await ticked;
  }
}
