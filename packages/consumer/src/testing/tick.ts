import type { Client } from 'pgque';
import type { FakeClient } from './fake-client.ts';

export interface TickOptions {
  /** Whether retries and delayed events that are not due yet are delivered too. @default false */
  readonly includeDelayed?: boolean;
}

/**
 * Makes everything deliverable that was sent and committed before: moves what is due, and ticks every queue. With it a test
 * needs no ticker, and no time passes. Needs the role `pgque_admin`; with `includeDelayed` the owner of the schema.
 */
export async function tick(client: Client | FakeClient, { includeDelayed = false }: TickOptions = {}): Promise<void> {
  if (includeDelayed) await makeAllDue(client);
  while ((await client.maintRetryEvents()) > 0);
  await client.tickPending();
}

/** The same to the mover as waiting. */
async function makeAllDue(client: Client | FakeClient): Promise<void> {
  if ('passDelays' in client) return client.passDelays();
  await client.transaction((tx) =>
    tx.query(`update pgque.later set due_at = clock_timestamp() where due_at > clock_timestamp()`),
  );
}
