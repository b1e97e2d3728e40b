import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { fixtures } from '../support/fixtures.ts';
import { Load } from '../support/load.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test.each(fixtures)(
  '$version is upgraded below sessions that send and receive: none of them meets an error, nothing is lost',
  async (fixture) => {
    const database = await openTestDatabase({ engine: false });
    await database.query(fixture.script);
    const load = await Load.start(database);
    await load.flow();
    await database.query(script);
    await load.flow();
    await load.finish();
    expect(load.errors).toEqual([]);
  },
  120_000,
);
