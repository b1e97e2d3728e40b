import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { Load } from '../support/load.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test('installed again and again below sessions that send and receive: none meets an error, nothing is lost', async () => {
  const database = await openTestDatabase();
  const load = await Load.start(database);
  for (let round = 0; round < 5; round += 1) {
    await load.flow();
    await database.query(script);
  }
  await load.finish();
  expect(load.errors).toEqual([]);
}, 120_000);
