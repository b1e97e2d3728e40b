/** Gives the Python package the version that changesets gave the npm packages; the Go module takes it from there as its tag. */
import { readFileSync, writeFileSync } from 'node:fs';

const { version } = JSON.parse(
  readFileSync(new URL('../../packages/client/package.json', import.meta.url), 'utf8'),
) as {
  version: string;
};
const file = new URL('../../packages/python/pyproject.toml', import.meta.url);
const text = readFileSync(file, 'utf8');
const followed = text.replace(/^version = ".*"$/m, `version = "${version}"`);
if (followed === text && !text.includes(`version = "${version}"`)) throw new Error('pyproject.toml has no version');
writeFileSync(file, followed);
console.log(`Python follows: ${version}`);
