import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { buildInstallScript } from '../../build.ts';

const program = fileURLToPath(new URL('../../build.ts', import.meta.url));
const build = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args]);
const committed = await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8');

test('with the default names the file is the committed one, byte for byte', () => {
  expect(buildInstallScript({ schema: 'pgque', rolePrefix: 'pgque' }) === committed).toBe(true);
});

test('nothing of the default names is left in a file with others, but the names of metrics', () => {
  const script = buildInstallScript({ schema: 'shop', rolePrefix: 'store' });
  const left = new Set(script.match(/[\w.:]*pgque[\w.:]*/g));
  const metrics = new Set(committed.match(/\bpgque_\w+(?= +(?:gauge|counter)\b)/g));
  expect(left).toEqual(metrics);
  expect(script).not.toMatch(/\b7170\b/);
});

test('nothing but names differs: given back the default names, the file is the committed one', () => {
  const script = buildInstallScript({ schema: 'shop', rolePrefix: 'store' });
  const lockClass = /advisory_xact_lock\((\d+), 1\)/.exec(script)?.[1];
  const back = script
    .replaceAll(/\bshop\.(?=<)|(?<=pg_notify\(')shop\.(?=')/g, 'pgque_')
    .replaceAll(/\bstore_/g, 'pgque_')
    .replaceAll(/\bshop(?=\b|_)/g, 'pgque')
    .replaceAll(String(lockClass), '7170')
    .replaceAll(/\b58\b/g, '57');
  expect(back === committed).toBe(true);
});

test('the roles alone can have other names, and the schema alone', () => {
  const roles = buildInstallScript({ schema: 'pgque', rolePrefix: 'store' });
  expect(roles === committed.replaceAll(/\bpgque_(?=(reader|writer|admin|capture)\b)/g, 'store_')).toBe(true);
  expect(buildInstallScript({ schema: 'shop', rolePrefix: 'pgque' })).toContain(
    'grant usage on schema shop to pgque_reader',
  );
});

test.each([
  ['', 'made of a-z'],
  ['Shop', 'made of a-z'],
  ['shop-a', 'made of a-z'],
  ['shop a', 'made of a-z'],
  ['shop"a', 'made of a-z'],
  ["shop'a", 'made of a-z'],
  ['shop\na', 'made of a-z'],
  ['1shop', 'made of a-z'],
  ['löden', 'made of a-z'],
  ['$shop', 'made of a-z'],
  ['s'.repeat(31), 'at most 30 bytes'],
  ['pg_shop', 'belong to PostgreSQL'],
  ['order', 'key word'],
  ['values', 'key word'],
  ['loop', 'key word'],
  ['public', "PgQue's own"],
  ['cron', "PgQue's own"],
  ['pgque_a', 'must not begin with pgque_'],
])('the schema "%s" is refused: %s', (schema, reason) => {
  expect(() => buildInstallScript({ schema, rolePrefix: 'pgque' })).toThrow(reason);
});

test.each([
  ['Store', 'made of a-z'],
  ['store a', 'made of a-z'],
  ['s'.repeat(56), 'at most 55 bytes'],
  ['pg_store', 'belong to PostgreSQL'],
])('the role prefix "%s" is refused: %s', (rolePrefix, reason) => {
  expect(() => buildInstallScript({ schema: 'pgque', rolePrefix })).toThrow(reason);
});

test('the program writes the file that is asked for, with roles of its own unless told otherwise', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pgque-build-'));
  try {
    const output = join(folder, 'shop.sql');
    await build('--schema', 'shop', '--output', output);
    expect((await readFile(output, 'utf8')) === buildInstallScript({ schema: 'shop', rolePrefix: 'shop' })).toBe(true);
    await build('--schema', 'shop', '--role-prefix', 'pgque', '--output', output);
    expect((await readFile(output, 'utf8')) === buildInstallScript({ schema: 'shop', rolePrefix: 'pgque' })).toBe(true);
    await build('--schema', 'shop', '--role-prefix', 'pgque', '--output', output, '--check');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  [['--schema', 'shop'], 'Other names need --output <file>.'],
  [['--schema', 'Shop', '--output', '/dev/null'], 'The schema must be made of'],
  [['--schemas', 'shop'], "Unknown option '--schemas'"],
])('the program fails with %s and says: %s', async (args, message) => {
  await expect(build(...args)).rejects.toMatchObject({ stderr: expect.stringContaining(message) });
  expect((await readFile(new URL('../../pgque.sql', import.meta.url), 'utf8')) === committed).toBe(true);
});
