import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import type { Client } from 'pgque';
import type { FakeClient } from './fake-client.ts';
import { parseData } from './parse-data.ts';

export interface SentEvent {
  readonly type: string | null;
  readonly payload: unknown;
}

export interface ExpectedEvent {
  readonly type?: string;
  /** What the payload must be; of an object, what it must have. */
  readonly payload?: unknown;
}

/**
 * The events of a queue that are committed and still held, in the order of their ids, whether they were ticked or not. No
 * consumer is touched. Needs the role `pgque_reader`.
 */
export async function sentEvents(client: Client | FakeClient, queue: string): Promise<SentEvent[]> {
  if ('sentTo' in client) return client.sentTo(queue);
  // Raises when there is no such queue.
  await client.getQueueConfig(queue);
  const rows = await client.transaction((tx) =>
    tx.query<{ type: string | null; data: string | null }>(
      `select e.ev_type as type, e.ev_data as data
       from pgque.event e join pgque.queue q on q.log_id = e.log_id
       where q.queue_name = $1 and e.ev_owner is null order by e.ev_id`,
      [queue],
    ),
  );
  return rows.map(({ type, data }) => ({ type, payload: parseData(data) }));
}

/** Fails unless such an event was sent; says which were. Answers how many of them there are. */
export async function assertSent(
  client: Client | FakeClient,
  queue: string,
  expected: ExpectedEvent = {},
): Promise<number> {
  const sent = await sentEvents(client, queue);
  const matching = sent.filter((event) => matches(event, expected));
  if (matching.length > 0) return matching.length;
  throw new AssertionError({
    message: `no such event was sent to ${queue}`,
    actual: sent,
    expected: [expected],
    operator: 'assertSent',
  });
}

/** Fails when such an event was sent. */
export async function assertNotSent(
  client: Client | FakeClient,
  queue: string,
  unexpected: ExpectedEvent = {},
): Promise<void> {
  const sent = (await sentEvents(client, queue)).filter((event) => matches(event, unexpected));
  if (sent.length === 0) return;
  throw new AssertionError({
    message: `${sent.length} such events were sent to ${queue}`,
    actual: sent,
    expected: [],
    operator: 'assertNotSent',
  });
}

function matches({ type, payload }: SentEvent, expected: ExpectedEvent): boolean {
  if (expected.type !== undefined && expected.type !== type) return false;
  return !('payload' in expected) || contains(payload, expected.payload);
}

function contains(actual: unknown, expected: unknown): boolean {
  if (!isPlainObject(expected) || !isPlainObject(actual)) return isDeepStrictEqual(actual, expected);
  return Object.entries(expected).every(([key, value]) => contains(actual[key], value));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
