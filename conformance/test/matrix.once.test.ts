import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeClients } from '../src/describe-clients.ts';
import { findHoles, toMatrix } from '../src/matrix.ts';

const { described, missing } = await describeClients();

test('every client declares what it promises', () => {
  expect(findHoles(described)).toEqual([]);
});

test('the page of the reference says what the drivers declare', ({ skip }) => {
  if (missing.length > 0) {
    const sentence = `the page was not compared: ${missing.map(({ toolchain }) => toolchain).join(', ')} is missing`;
    if (process.env['CI']) throw new Error(sentence);
    skip(sentence);
  }
  const page = new URL('../../docs/reference/clients.md', import.meta.url);
  expect(readFileSync(page, 'utf8'), 'npm run conformance -- --docs').toBe(toMatrix(described));
});
