import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { describeCatalog } from '../support/catalog.ts';
import { fixtures } from '../support/fixtures.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');
const fresh = await describeCatalog(await openTestDatabase());

test.each(fixtures)('an upgraded $version is the same, object by object, as a fresh install', async (fixture) => {
  const database = await openTestDatabase({ engine: false });
  await database.query(fixture.script);
  await database.query(script);
  expect(await describeCatalog(database)).toEqual(fresh);
});

test.each(fixtures)('the file run again over an upgraded $version changes nothing', async (fixture) => {
  const database = await openTestDatabase({ engine: false });
  for (const each of [fixture.script, script, script]) await database.query(each);
  expect(await describeCatalog(database)).toEqual(fresh);
});
