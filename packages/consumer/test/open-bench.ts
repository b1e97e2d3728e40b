import { openTestDatabase } from '@pgque/testing';
import { type Client, type ConnectOptions, connect } from 'pgque';
import { afterAll } from 'vitest';
import { LogBook } from './log-book.ts';

/** A database of the file's own with a client on it; both are closed at the end of the file. */
export async function openBench(options: Omit<ConnectOptions, 'url'> = {}) {
  const database = await openTestDatabase();
  const log = new LogBook();
  const client = await connect({ logger: log, ...options, url: database.url });
  afterAll(() => client.close());
  return { database, client, log };
}

/** Ticks a queue now, whatever its thresholds, after what is due has been moved into it. */
export async function tick(client: Client, queue: string): Promise<void> {
  await client.maintRetryEvents();
  await client.forceNextTick(queue);
  await client.tick(queue);
}

/** A new queue of this name with these payloads in it, ticked, for a consumer that begins at its beginning. */
export async function openQueue(client: Client, queue: string, payloads: readonly unknown[] = [], type = 'default') {
  await client.createQueue(queue);
  await client.subscribe(queue, 'worker');
  if (payloads.length > 0) await client.sendBatch(queue, type, payloads);
  await tick(client, queue);
}

/** Makes everything that waits for a retry due now, which is the same to the mover as waiting. */
export async function passRetryDelay(client: Client, queue: string): Promise<void> {
  await client.transaction((tx) =>
    tx.query(`update pgque.later set due_at = now() - interval '1 second' where due_at > now()`),
  );
  await tick(client, queue);
}
