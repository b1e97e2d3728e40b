import { readFile } from 'node:fs/promises';
import { connectClient, openPrivateServer, openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { describeCatalog } from '../support/catalog.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

/** One install in each of twenty sessions at once, over these databases in turn. */
async function installTwentyTimes(urls: readonly string[], role = 'none'): Promise<void> {
  const sessions = await Promise.all(Array.from({ length: 20 }, (_, i) => connectClient(urls[i % urls.length] ?? '')));
  for (const session of sessions) await session.query(`set role ${role}`);
  const results = await Promise.allSettled(sessions.map((session) => session.query(`begin; ${script}; commit`)));
  await Promise.all(sessions.map((session) => session.end()));
  expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
}

test('twenty sessions install at once in an empty database, and all succeed', async () => {
  const [database, fresh] = [await openTestDatabase({ engine: false }), await openTestDatabase()];
  await installTwentyTimes([database.url]);
  expect(await describeCatalog(database)).toEqual(await describeCatalog(fresh));
}, 120_000);

test('twenty sessions of an owner with CREATEROLE install at once in four databases of a server without the roles', async () => {
  const { server, database } = await openPrivateServer({ engine: false });
  await database.query('create role owner createrole');
  const others = await Promise.all([1, 2, 3].map(() => server.createDatabase()));
  for (const { name } of [database, ...others]) await database.query(`grant create on database "${name}" to owner`);
  await installTwentyTimes([database.url, ...others.map(({ url }) => url)], 'owner');
}, 120_000);
