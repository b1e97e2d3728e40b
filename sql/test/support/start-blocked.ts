import { backendPid, type TestDatabase, waitUntilBlocked } from '@pgque/testing';
import type { Client } from 'pg';

/** Starts something on this connection and returns once it waits for a lock of another session. */
export async function startBlocked<T>(
  database: TestDatabase,
  client: Client,
  start: () => Promise<T>,
): Promise<{ answer: Promise<T> }> {
  const pid = await backendPid(client);
  const observer = await database.connect();
  const answer = start();
  // Whoever awaits the answer sees the failure; until then it must not count as unhandled.
  answer.catch(() => {});
  await waitUntilBlocked(observer, pid);
  await observer.end();
  return { answer };
}
