import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { buildInstallScript } from '../../build.ts';
import { fixtures } from '../support/fixtures.ts';

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));

test('each fixture is the version that its name says', () => {
  expect(fixtures.length).toBeGreaterThan(0);
  for (const fixture of fixtures) {
    const returned = /function pgque\.version\(\).*?select '([^']+)'/s.exec(fixture.script)?.[1];
    expect(returned).toBe(fixture.version);
  }
});

test('what was released is not changed: this version is above all of them, or the last one as it was', () => {
  for (const fixture of fixtures) {
    if (fixture.version === version) expect(fixture.script === buildInstallScript()).toBe(true);
    else expect(version.localeCompare(fixture.version, 'en', { numeric: true })).toBe(1);
  }
});
