/**
 * Runs the tests once: `npm test -- [--pg 15,17] [files] [any other option of vitest]`. Whatever happens to the run, the
 * last line is `N passed, N failed`, with `, N skipped` behind it when tests were skipped, and a run that did not come
 * to its end counts as a failure.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCounts, type TestCounts } from '../testing/src/test-counts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const { majors, rest } = takeMajors(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'pgque-test-'));
const countsFile = join(folder, 'counts.json');

const exitCode = await runVitest(rest);
const counts = readCounts();
rmSync(folder, { recursive: true, force: true });
if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
process.exitCode = counts.failed > 0 ? 1 : 0;
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);

/** Splits `--pg 15,17` or `--pg=15,17` from the arguments of vitest. */
function takeMajors(args: readonly string[]): { majors: string | undefined; rest: string[] } {
  const rest: string[] = [];
  let majors: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    if (argument === '--pg') {
      at += 1;
      majors = args[at] ?? '';
    } else if (argument.startsWith('--pg=')) majors = argument.slice('--pg='.length);
    else rest.push(argument);
  }
  return { majors, rest };
}

function runVitest(args: readonly string[]): Promise<number> {
  const vitest = fileURLToPath(import.meta.resolve('vitest/package.json')).replace('package.json', 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...args], {
    cwd: root,
    env: {
      ...process.env,
      PGQUE_TEST_COUNTS: countsFile,
      ...(majors === undefined ? {} : { PGQUE_TEST_MAJORS: majors }),
    },
    stdio: 'inherit',
  });
  // A Ctrl-C reaches vitest by itself; this process stays to print the last line.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Without a file the run ended before its end: that is one failure. */
function readCounts(): TestCounts {
  try {
    return parseCounts(readFileSync(countsFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
