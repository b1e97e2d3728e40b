/**
 * Builds everything that a release publishes into a folder, and tries each artefact as a new user would, in an empty folder
 * against a fresh server: `npm run release -- --dry-run [--output <folder>] [--only sql,npm,python,go]`. Publishing itself is
 * for the workflow of the release, which runs this first.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServer } from '@pgque/embedded';
import { packGo } from './go-artefacts.ts';
import { packNpm } from './npm-artefacts.ts';
import { buildPython } from './python-artefacts.ts';
import { writeSql } from './sql-artefacts.ts';
import { type TryOut, tryCli, tryGo, tryNest, tryPsql, tryPython, tryTypeScript } from './try-out.ts';

const { values: options } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    output: { type: 'string', default: 'release' },
    only: { type: 'string', default: 'sql,npm,python,go' },
  },
});
if (!options['dry-run']) {
  console.error(
    'This only builds and tries: run it with --dry-run. The workflow of the release publishes what it has built.',
  );
  process.exit(2);
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const output = resolve(options.output);
const kinds = new Set(options.only.split(','));
const scratch = mkdtempSync(join(tmpdir(), 'pgque-release-'));
const folderOf = (...names: string[]): string => {
  const folder = join(...names);
  mkdirSync(folder, { recursive: true });
  return folder;
};
rmSync(output, { recursive: true, force: true });

let failed = 0;
await using server = await startServer({ source: 'binaries' });
try {
  const sql = writeSql(root, folderOf(output, 'sql'));
  const engine = join(output, 'sql', 'pgque.sql');
  console.log(`SQL: pgque.sql ${sql.version}, with its wrapper for pg_tle`);
  if (kinds.has('sql')) await attempt('psql', (tryOut) => tryPsql(tryOut, engine));
  if (kinds.has('npm')) {
    const tarballs = await packNpm(root, folderOf(output, 'npm'));
    console.log(`npm: ${[...tarballs.keys()].join(', ')}`);
    await attempt('TypeScript', (tryOut) => tryTypeScript(tryOut, tarballs));
    await attempt('NestJS', (tryOut) => tryNest(tryOut, tarballs));
    await attempt('command line', (tryOut) => tryCli(tryOut, tarballs));
  }
  if (kinds.has('python')) {
    const wheel = await buildPython(root, folderOf(output, 'python'), scratch);
    console.log(`Python: ${wheel.split('/').at(-1)}, and its sdist`);
    await attempt('Python', (tryOut) => tryPython(tryOut, wheel, engine));
  }
  if (kinds.has('go')) {
    const { version } = JSON.parse(readFileSync(join(root, 'packages/client/package.json'), 'utf8')) as {
      version: string;
    };
    const module = await packGo(root, folderOf(output, 'go'), version);
    console.log(`Go: ${module.path}, to be tagged ${module.version}`);
    await attempt('Go', (tryOut) => tryGo(tryOut, module, engine));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(failed === 0 ? `All of it works. It is in ${options.output}.` : `${failed} did not work.`);
process.exitCode = failed === 0 ? 0 : 1;

async function attempt(name: string, work: (tryOut: TryOut) => Promise<string>): Promise<void> {
  await using database = await server.createDatabase();
  try {
    const printed = await work({ folder: folderOf(scratch, name.replaceAll(' ', '-')), url: database.url });
    if (!/42|orders/.test(printed)) throw new Error(`it printed something else:\n${printed}`);
    console.log(`  works: ${name}`);
  } catch (error) {
    failed += 1;
    console.error(`  does not work: ${name}\n${error instanceof Error ? error.message : String(error)}`);
  }
}
