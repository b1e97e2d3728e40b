// Keeps the built file as what this version was, for the tests of upgrades: run once, when a version is released. The
// next change of the engine raises the version in package.json.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildInstallScript } from './build.ts';

const root = import.meta.dirname;
const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const target = join(root, 'test/upgrade/fixtures', `pgque-${version}.sql`);
const script = buildInstallScript();

if (existsSync(target) && readFileSync(target, 'utf8') !== script) {
  console.error(`Version ${version} was released already, and was another: raise the version in sql/package.json.`);
  process.exit(1);
}
writeFileSync(target, script);
