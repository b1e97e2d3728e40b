import { readFileSync } from 'node:fs';
import { openPrivateServer, openTestDatabase, runSnippet } from '@pgque/testing';
import { expect, test } from 'vitest';
import { readBlocks, readPages } from './read-blocks.ts';
import { runSql } from './run-sql.ts';

const pages = readPages();
const blocks = pages.flatMap(readBlocks);
const toRun = blocks.filter(({ notRunBecause }) => notRunBecause === undefined);
const pagesWith = (language: string): string[] => [
  ...new Set(toRun.filter((block) => block.language === language).map(({ page }) => page)),
];

/** Programs of other languages run in the tests of these. */
const readmes: Readonly<Record<string, URL>> = {
  python: new URL('../../packages/python/README.md', import.meta.url),
  go: new URL('../../packages/go/README.md', import.meta.url),
};

/** The pages whose programs are shown from the example, by a test of its own. */
const testedElsewhere = new Set(['nestjs.md', 'worker-threads.md']);

test('every block of code is run, or says why not', () => {
  const known = new Set(['sql', 'ts', 'python', 'go', 'text', 'json', 'yaml', 'mermaid']);
  const unknown = toRun.filter(
    ({ page, language }) => !testedElsewhere.has(page) && language !== '' && !known.has(language),
  );
  expect(unknown.map(({ page, line, language }) => `${page}:${line} ${language}`)).toEqual([]);
});

test.each(pagesWith('sql'))('the SQL of %s runs as it stands, and gives what it says', async (page) => {
  const database = await openTestDatabase();
  const session = await database.connect();
  for (const { code, line } of toRun.filter((block) => block.page === page && block.language === 'sql')) {
    expect(await runSql(session, code), `${page}:${line}`).toEqual([]);
  }
});

test.each(pagesWith('ts').filter((page) => !testedElsewhere.has(page)))(
  'the programs of %s run as they stand',
  { timeout: 120_000 },
  async (page) => {
    const { server } = await openPrivateServer({ engine: false });
    const database = await server.createDatabase({ name: 'mydb' });
    for (const { code, line } of toRun.filter((block) => block.page === page && block.language === 'ts')) {
      const options = { folder: new URL('../', import.meta.url), databaseUrl: database.url, stdout: 'ignore' as const };
      expect(await runSnippet(code, options), `${page}:${line}`).toEqual({ exitCode: 0, errors: '' });
    }
  },
);

test('programs in Python and Go are those of their READMEs, whose tests run them', () => {
  for (const { page, line, language, code } of toRun) {
    const readme = readmes[language];
    if (readme) expect(readFileSync(readme, 'utf8').includes(code), `${page}:${line}`).toBe(true);
  }
});

test('what is JSON can be read', () => {
  for (const { code, language } of toRun) if (language === 'json') JSON.parse(code);
});
