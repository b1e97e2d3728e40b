import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTestDatabase } from '@pgque/testing';
import { afterAll, expect, test } from 'vitest';
import { writeSql } from '../../../scripts/release/sql-artefacts.ts';
import { scalar } from '../support/scalar.ts';

const target = mkdtempSync(join(tmpdir(), 'pgque-tle-'));
afterAll(() => rmSync(target, { recursive: true, force: true }));
writeSql(fileURLToPath(new URL('../../../', import.meta.url)), target);
const read = (name: string): string => readFileSync(join(target, name), 'utf8');

// pg_tle is no package of Debian's: what it is given is taken down, and run as CREATE EXTENSION would run it.
test('what is registered with pg_tle installs the engine, and is taken out again', async () => {
  const database = await openTestDatabase({ engine: false });
  await database.query(`
    create schema pgtle;
    create table pgtle.extension (name text, version text, script text);
    create function pgtle.install_extension(name text, version text, description text, ext text) returns boolean
    language sql as $$ insert into pgtle.extension values (name, version, ext) returning true $$;
    create function pgtle.uninstall_extension(extname text) returns boolean
    language sql as $$ delete from pgtle.extension where name = extname returning true $$`);
  await database.query(read('pgque-tle.sql'));
  await database.query(await scalar(database, `select script from pgtle.extension where name = 'pgque'`));
  expect(await scalar(database, 'select pgque.version()')).toBe(
    await scalar(database, 'select version from pgtle.extension'),
  );
  await database.query(read('pgque-tle-uninstall.sql'));
  expect(await scalar(database, 'select count(*) from pgtle.extension')).toBe(0n);
  expect(await scalar(database, `select to_regnamespace('pgque')`)).toBeNull();
});
