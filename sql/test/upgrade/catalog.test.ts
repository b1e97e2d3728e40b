import { readFile } from 'node:fs/promises';
import { openTestDatabase, type TestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { describeCatalog } from '../support/catalog.ts';
import { fixtures } from '../support/fixtures.ts';
import { scalar } from '../support/scalar.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');
const fresh = await describeCatalog(await openTestDatabase());

async function upgrade(old: string): Promise<TestDatabase> {
  const database = await openTestDatabase({ engine: false });
  await database.query(old);
  await database.query(script);
  return database;
}

/** What maint() does an hour after an upgrade. */
async function maintAfterAnHour(database: TestDatabase): Promise<void> {
  await database.query(`update pgque.config set upgraded_at = upgraded_at - interval '1 hour'`);
  await database.query('select pgque.maint()');
}

test.each(fixtures)('an upgraded $version is the same, object by object, as a fresh install', async (fixture) => {
  const database = await upgrade(fixture.script);
  await maintAfterAnHour(database);
  expect(await describeCatalog(database)).toEqual(fresh);
  expect(await scalar(database, 'select upgraded_at is null from pgque.config')).toBe(true);
});

test.each(fixtures)('the file run again over an upgraded $version changes nothing', async (fixture) => {
  const database = await upgrade(fixture.script);
  const upgraded = await describeCatalog(database);
  await database.query(script);
  expect(await describeCatalog(database)).toEqual(upgraded);
});

test('former functions stay for an hour, for the calls that are under way', async () => {
  const database = await openTestDatabase();
  await database.query(`
    create function pgque.settle(batch_id bigint, msg_ids bigint[], retry_afters interval[], reasons text[])
    returns integer language sql as 'select 1'`);
  await database.query(script);
  const former = `select count(*) from pgque._former_functions()`;
  await database.query('select pgque.maint()');
  expect(await scalar(database, former)).toBe(1n);
  await maintAfterAnHour(database);
  expect(await scalar(database, former)).toBe(0n);
});
