import type { Client } from 'pgque';
import type { Duration } from '../duration.ts';
import { type TickOptions, tick } from './tick.ts';

/** What can be drained: a consumer, or several made alike. */
export interface Drainable {
  drain(timeout?: Duration): Promise<number>;
}

export interface DrainOptions extends TickOptions {
  /** How long all of it may take. @default '10s' */
  readonly timeout?: Duration;
}

/**
 * Ticks, and lets the consumers handle what is there, until nothing is left: also what handlers have sent meanwhile. A
 * consumer is drained once, so it is made anew each time. Answers how many messages were handled.
 *
 *     await drain(client, () => [createBilling(client), createMailer(client)]);
 */
export async function drain(
  client: Client,
  makeConsumers: () => readonly Drainable[],
  { timeout = '10s', ...options }: DrainOptions = {},
): Promise<number> {
  let all = 0;
  for (;;) {
    await tick(client, options);
    let handled = 0;
    for (const consumer of makeConsumers()) handled += await consumer.drain(timeout);
    if (handled === 0) return all;
    all += handled;
  }
}
