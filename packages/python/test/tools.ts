import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ProgramOutcome, runProgram as runAnyProgram } from '@pgque/testing';

/** Of the package. */
export const folder = fileURLToPath(new URL('../', import.meta.url));
const requirements = `${folder}requirements-dev.txt`;
const cache = fileURLToPath(new URL('../../../node_modules/.cache/pgque-python/', import.meta.url));
const versionOf =
  'import sys, venv, ensurepip; print(".".join(map(str, sys.version_info[:3])), sys.version_info >= (3, 10))';

/** Runs a program in the folder of the package, and never fails by itself. */
export function runProgram(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ProgramOutcome> {
  const ours = { PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: join(folder, 'src') };
  return runAnyProgram(file, args, { folder, environment: { ...ours, ...environment } });
}

/** A Python 3.10 or later that can make virtual environments; `undefined` when this machine has none. */
async function findPython(): Promise<{ python: string; version: string } | undefined> {
  const wanted = process.env['PGQUE_TEST_PYTHON'];
  for (const python of wanted ? [wanted] : ['python3', '/usr/bin/python3', 'python3.13', 'python3.12', 'python3.11']) {
    const { exitCode, output } = await runProgram(python, ['-c', versionOf]);
    const [version = '', isNew] = output.trim().split(' ');
    if (exitCode === 0 && isNew === 'True') return { python, version };
  }
  return undefined;
}

/**
 * The Python of a virtual environment with the tools of the tests, made at the first call and kept for later runs;
 * `undefined` when this machine has no Python for it.
 */
export async function openTools(): Promise<string | undefined> {
  const found = await findPython();
  if (!found) return undefined;
  const key = createHash('sha256').update(`${found.python} ${found.version}`);
  // What is installed, and how.
  for (const file of [requirements, fileURLToPath(import.meta.url)]) key.update(readFileSync(file));
  const target = join(cache, key.digest('hex').slice(0, 16));
  const [marker, python] = [join(target, 'complete'), join(target, 'bin', 'python')];
  mkdirSync(cache, { recursive: true });
  await withLock(`${target}.lock`, async () => {
    if (existsSync(marker)) return;
    rmSync(target, { recursive: true, force: true });
    await mustRun(found.python, ['-m', 'venv', target]);
    await mustRun(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
    // For a clean environment, which is made without the network.
    const [driver = ''] = readFileSync(requirements, 'utf8').match(/^psycopg.*$/m) ?? [];
    await mustRun(python, [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '-d',
      join(target, 'wheels'),
      driver,
    ]);
    writeFileSync(marker, '');
  });
  return python;
}

async function mustRun(file: string, args: readonly string[]): Promise<void> {
  const { exitCode, output } = await runProgram(file, args);
  if (exitCode !== 0) throw new Error(`${[file, ...args].join(' ')} failed:\n${output}`);
}

const staleLockMs = 120_000;

/** One process of the test run at a time; a lock that was left behind by a killed run gives way. */
async function withLock(file: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      closeSync(openSync(file, 'wx'));
      break;
    } catch {
      const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (since > 0 && Date.now() - since > staleLockMs) rmSync(file, { force: true });
      await sleep(100);
    }
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}
