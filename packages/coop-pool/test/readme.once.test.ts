import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openPrivateServer, readReadme, readSnippets, runSnippet } from '@pgque/testing';
import { connect } from 'pgque';
import { afterAll, expect, test } from 'vitest';
import * as pool from '../src/index.ts';

const folder = new URL('../', import.meta.url);
const readme = readReadme(folder);

const { server } = await openPrivateServer({ engine: false });
const database = await server.createDatabase({ name: 'mydb' });
/** Within the package, so that its name is known there. */
const workplace = mkdtempSync(fileURLToPath(new URL('test/readme-', folder)));
afterAll(() => rmSync(workplace, { recursive: true }));

test('the snippets of the README run as they stand, one after the other', { timeout: 120_000 }, async () => {
  const run = (snippet: string, until?: () => Promise<void>) =>
    runSnippet(snippet, {
      folder: pathToFileURL(`${workplace}/`),
      databaseUrl: database.url,
      ...(until && { until }),
    });
  const fine = { exitCode: 0, errors: '' };
  const snippets = readSnippets(readme);
  const nameOf = (snippet: string): string | undefined => /^\/\/ (\S+\.ts)\n/.exec(snippet)?.[1];
  for (const snippet of snippets) {
    const name = nameOf(snippet);
    if (name !== undefined) writeFileSync(join(workplace, name), snippet);
  }
  const [install = '', worker = '', send = '', ...others] = snippets.filter((snippet) => !nameOf(snippet));
  expect(await run(install)).toEqual(fine);
  await using client = await connect(database.url);
  await client.transaction((tx) => tx.query('create table sizes (msg_id bigint, bytes integer)'));
  const handled = async (): Promise<void> => {
    expect(await run(send)).toEqual(fine);
    const resize = () => client.getConsumerInfo('images', 'resize');
    await expect.poll(resize).toMatchObject([{ pendingEvents: 0, currentBatchId: null }]);
  };
  expect(await run(worker, handled)).toEqual(fine);
  for (const snippet of others) expect(await run(snippet), snippet).toEqual(fine);
  const [row] = await client.transaction((tx) => tx.query('select count(*)::int as sizes from sizes where bytes > 10'));
  expect(row).toEqual({ sizes: 2 });
});

/** What an interface of the sources has, with the default that its comment says. */
function fieldsOf(file: string): { field: string; ofDefault: string | undefined }[] {
  const source = readFileSync(new URL(`src/${file}.ts`, folder), 'utf8');
  return [...source.matchAll(/(?:\/\*\*((?:(?!\*\/).)*)\*\/\s+)?readonly (\w+)\??:/gs)].map(
    ([, comment = '', field = '']) => ({ field, ofDefault: /@default ('\S+')/.exec(comment)?.[1] }),
  );
}

test('the README names everything that there is', () => {
  const names = [
    ...Object.keys(pool),
    ...['pool-health', 'pool-options', 'define-handlers'].flatMap(fieldsOf).map(({ field }) => field),
    'run',
    'start',
    'drain',
    'stop',
    'health',
  ];
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
});

test('the table of the README has every option with its default', () => {
  for (const { field, ofDefault } of fieldsOf('pool-options')) {
    const [, cell = expect.fail(field)] = new RegExp(`^\\| \`${field}\` +\\| (.*?) *\\|`, 'm').exec(readme) ?? [];
    if (ofDefault !== undefined) expect(cell, field).toBe(`\`${ofDefault}\``);
  }
});
