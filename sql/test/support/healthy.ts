import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { openQueue, type QueueDriver } from './queue-driver.ts';
import { rows } from './rows.ts';
import { scalar } from './scalar.ts';

/** A database of the test's own: faults of one must not be those of the next. */
export async function openHealthy(options: Readonly<Record<string, unknown>> = {}) {
  const database = await openTestDatabase();
  return { database, queue: await openQueue(database, options) };
}

/** Calls maint() until nothing moves. */
export async function maintain(database: TestDatabase): Promise<void> {
  while ((await scalar<number>(database, 'select pgque.maint()')) > 0);
}

export async function tickAll(database: TestDatabase): Promise<void> {
  await rows(database, 'select pgque.ticker()');
}

export async function sendAndTick(queue: QueueDriver): Promise<void> {
  await queue.send('x');
  await queue.tick();
}
