import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { describeCatalog } from '../support/catalog.ts';
import { rows } from '../support/rows.ts';

const script = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

/** What an install looks like to a file that is older than it. */
const newer = [
  [
    'its tables',
    'update pgque.config set schema_version = schema_version + 1',
    /^installed: .+ schema version \d+; this file: .+$/,
  ],
  [
    'its release, by number and not by spelling',
    `create or replace function pgque.version() returns text language sql immutable as $$ select '0.10.0'::text $$`,
    /^installed: 0\.10\.0, schema version/,
  ],
] as const;

test.each(newer)('a file that is older than what is installed is refused, judged by %s', async (_, change, detail) => {
  const database = await openTestDatabase();
  await database.query(change);
  const before = [await describeCatalog(database), await rows(database, 'select * from pgque.config')];
  await expect(database.query(`begin; ${script}; commit`)).rejects.toMatchObject({
    code: 'QU024',
    message: expect.stringMatching(/^a newer version is installed: /),
    detail: expect.stringMatching(detail),
    hint: expect.stringContaining('Nothing was changed.'),
  });
  await database.query('rollback');
  expect([await describeCatalog(database), await rows(database, 'select * from pgque.config')]).toEqual(before);
});
