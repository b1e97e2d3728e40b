import { readFile } from 'node:fs/promises';
import { openPrivateServer, type PrivateServer, TestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { Chance } from '../random/chance.ts';
import { describeCatalog } from '../support/catalog.ts';
import { findings } from '../support/health.ts';
import { age, dump, restore } from './dump.ts';
import { future, makeHistory } from './history.ts';
import { rebase } from './open-restored.ts';

// The engine is installed in a database of both: that made the roles, which a dump of one database does not hold.
const old = await openPrivateServer({ major: 15 });
const young = await openPrivateServer({ major: 15 });
await age(old.database, 50_000);

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');
const password = 'not a secret';
const owner = { name: 'restorer', password };
await young.database.query(`create role ${owner.name} login createrole password '${password}'`);

async function openHistory({ server }: PrivateServer): Promise<TestDatabase> {
  const database = new TestDatabase(await server.createDatabase(), server);
  await database.query(script);
  await makeHistory(database, new Chance(Date.now() % 0xffffffff), 120);
  return database;
}

/** PostgreSQL does not remember the brackets of a condition. */
async function catalogOf(database: TestDatabase): Promise<[string, string][]> {
  return Object.entries(await describeCatalog(database)).map(([name, is]) => [name, is.replaceAll(/[()]/g, '')]);
}

test.each(['plain', 'custom'] as const)(
  'a dump in %s format, restored in a younger cluster: everybody gets the same',
  async (format) => {
    const source = await openHistory(old);
    const restored = await restore(young, await dump(source, format), { format });
    expect((await findings(restored, 'cluster')).map(({ status }) => status)).not.toContain('ok');
    expect(await catalogOf(restored)).toEqual(await catalogOf(source));
    expect(await rebase(restored)).toBe(2);
    expect(await findings(restored, 'cluster')).toMatchObject([{ status: 'ok' }]);
    expect(await future(restored)).toEqual(await future(source));
  },
);

test('restored by an owner who is no superuser, with the file run again for the rights of the capture triggers', async () => {
  const source = await openHistory(old);
  const restored = await restore(young, await dump(source, 'custom'), { format: 'custom', owner });
  await restored.query(script);
  expect(await rebase(restored)).toBe(2);
  expect(await future(restored)).toEqual(await future(source));
  const catalog = await describeCatalog(restored);
  const capture = Object.entries(catalog).filter(([name]) => name.startsWith('function pgque.jsontriga'));
  expect(capture).toHaveLength(1);
  expect(capture[0]?.[1]).toContain('| pgque_capture |');
});

test('a cluster that has come further needs no rebase()', async () => {
  const source = await openHistory(young);
  const restored = await restore(old, await dump(source, 'custom'), { format: 'custom' });
  expect(await findings(restored, 'cluster')).toMatchObject([{ status: 'ok' }]);
  expect(await rebase(restored)).toBe(0);
  expect(await future(restored)).toEqual(await future(source));
});

test('neither does another database of the same cluster', async () => {
  const source = await openHistory(old);
  const restored = await restore(old, await dump(source, 'custom'), { format: 'custom' });
  expect(await findings(restored, 'cluster')).toMatchObject([{ status: 'ok' }]);
  expect(await rebase(restored)).toBe(0);
  expect(await future(restored)).toEqual(await future(source));
});
