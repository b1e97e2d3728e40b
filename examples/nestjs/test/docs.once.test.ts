import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSnippets } from '@pgque/testing';
import { expect, test } from 'vitest';

/** Where a line begins is a matter of what it stands in. */
const flat = (text: string): string => text.replaceAll(/^ +/gm, '');

const folder = fileURLToPath(new URL('..', import.meta.url));

test('what docs/nestjs.md shows is in this application', () => {
  const sources = globSync('{src,test}/**/*.ts', { cwd: folder }).map((file) =>
    flat(readFileSync(`${folder}/${file}`, 'utf8')),
  );
  const snippets = readSnippets(readFileSync(`${folder}/../../docs/nestjs.md`, 'utf8'));
  expect(snippets.length).toBeGreaterThan(5);
  expect(snippets.filter((snippet) => !sources.some((source) => source.includes(flat(snippet))))).toEqual([]);
});
