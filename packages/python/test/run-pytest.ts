import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTools, runProgram } from './tools.ts';

interface PytestReport {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly text: string;
}

/**
 * Runs pytest and reports each of its cases as a test of this file. Where Python is missing, that is one test that did
 * not run, and a failure with CI=true.
 */
export async function runPytest(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> {
  const python = await openTools();
  if (python === undefined) return reportMissing();
  const place = mkdtempSync(join(tmpdir(), 'pgque-pytest-'));
  try {
    const file = join(place, 'report.jsonl');
    const outcome = await runProgram(python, ['-m', 'pytest', '-q', ...args], {
      ...environment,
      PGQUE_TEST_REPORT: file,
    });
    const reports = readReports(file);
    for (const { name, outcome: result, text } of reports) test(name, () => expect(result, text).toBe('passed'));
    // What breaks before or after the cases has no report of its own.
    const hasFailed = reports.some((report) => report.outcome === 'failed');
    test('pytest came to its end', () => expect(outcome.exitCode, outcome.output).toBe(hasFailed ? 1 : 0));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function readReports(file: string): PytestReport[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as PytestReport);
  } catch {
    return [];
  }
}

function reportMissing(): void {
  const sentence = 'the Python client was not tested: no Python 3.10 or later with venv (Debian: python3-venv) is here';
  test(sentence, ({ skip }) => {
    if (process.env['CI']) throw new Error(sentence);
    skip(sentence);
  });
}
