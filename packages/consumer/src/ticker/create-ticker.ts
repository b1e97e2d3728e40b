import type { Client } from 'pgque';
import { Ticker } from './ticker.ts';
import type { TickerOptions } from './ticker-options.ts';

/** A ticker for the database of this client: `await createTicker(client).run({ signal })`. */
export function createTicker(client: Client, options: TickerOptions = {}): Ticker {
  return new Ticker(client, options);
}
