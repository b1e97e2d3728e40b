import { readdirSync, readFileSync } from 'node:fs';
import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { describeCatalog } from '../../../../sql/test/support/catalog.ts';
import { fixtures } from '../../../../sql/test/support/fixtures.ts';
import type { EngineVersion } from '../../src/index.ts';

const sql = new URL('../../../../sql/', import.meta.url);

/** What the package brings. */
export const bundled: EngineVersion = {
  version: JSON.parse(readFileSync(new URL('package.json', sql), 'utf8')).version,
  schemaVersion: readdirSync(new URL('migrations/', sql)).filter((file) => /^\d{3}-/.test(file)).length,
};

const [oldest] = fixtures;

/** The first release, which did not know its schema version. */
export const released: EngineVersion = { version: oldest?.version ?? '', schemaVersion: 0 };

/** A database with the first release, in which an event waits for the consumer `processor` of the queue `orders`. */
export async function openOldDatabase(): Promise<TestDatabase> {
  const database = await openTestDatabase({ engine: false });
  await database.query(`begin; ${oldest?.script}; commit`);
  await sendOrder(database);
  return database;
}

async function sendOrder(database: TestDatabase): Promise<void> {
  await database.query("select pgque.create_queue('orders'); select pgque.subscribe('orders', 'processor')");
  await database.query("select pgque.send('orders', 'default', '1')");
}

/** All objects of an install, once what it keeps of an earlier one for an hour is gone. */
export async function describeInstall(database: TestDatabase): Promise<Record<string, string>> {
  await database.query(`update pgque.config set upgraded_at = upgraded_at - interval '1 hour'; select pgque.maint()`);
  return await describeCatalog(database);
}

/** The objects of an install as the package makes it; with an order those of its queue as well. */
export async function describeFresh(hasOrder = false): Promise<Record<string, string>> {
  const database = await openTestDatabase();
  if (hasOrder) await sendOrder(database);
  return await describeInstall(database);
}
