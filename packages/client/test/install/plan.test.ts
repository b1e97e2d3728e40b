import { readFile } from 'node:fs/promises';
import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { connect, NewerVersionInstalledError, plan } from '../../src/index.ts';
import { openOldDatabase } from './engines.ts';

const script = await readFile(new URL('../../../../sql/pgque.sql', import.meta.url), 'utf8');

test('plan() is the SQL that install() would run', { timeout: 120_000 }, async () => {
  expect(await plan()).toBe(script);
  for (const database of [await openTestDatabase({ engine: false }), await openOldDatabase()]) {
    await using client = await connect(database.url);
    expect(await plan(client)).toBe(script);
    await database.query(await plan(client));
    expect(await plan(client)).toBe('');
  }
});

test('plan() refuses a newer engine, and changes nothing', async () => {
  const database = await openTestDatabase();
  await database.query('update pgque.config set schema_version = schema_version + 1');
  await database.query(`alter database ${database.name} set default_transaction_read_only = on`);
  await expect(plan(await database.connect())).rejects.toThrow(NewerVersionInstalledError);
});
