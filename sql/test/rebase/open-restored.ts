import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { openQueue, type QueueDriver } from '../support/queue-driver.ts';
import { scalar } from '../support/scalar.ts';
import type { Session } from '../support/session.ts';
import { transplant } from './transplant.ts';

/** A database of the test's own with one queue: what is restored is the whole of it. */
export async function openOwn(
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ database: TestDatabase; queue: QueueDriver }> {
  const database = await openTestDatabase();
  return { database, queue: await openQueue(database, options) };
}

export const rebase = (session: Session): Promise<number> => scalar(session, 'select pgque.rebase()');

/** As a restore into a younger cluster leaves it, and rebased there; returns how many queues were. */
export async function restoreAndRebase(database: TestDatabase): Promise<number> {
  await transplant(database);
  return await rebase(database);
}
