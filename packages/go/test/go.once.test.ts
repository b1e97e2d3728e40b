import { openControl, openTestDatabase } from '@pgque/testing';
import { expect, inject, test } from 'vitest';
import { readGoTests } from './read-go-tests.ts';
import { findGo, goIsMissing, hasRaceDetector, reportMissing, runGo } from './toolchain.ts';

const go = await findGo();

if (go === undefined) reportMissing('the Go client was not tested', goIsMissing);
else await testClient(go);

/** Runs the tests and the examples of the package, and reports each as a test of this file. */
async function testClient(go: string): Promise<void> {
  const isRaceDetected = await hasRaceDetector(go);
  if (!isRaceDetected) reportMissing('the Go client was tested without the race detector', 'a compiler of C');
  const flags = ['-json', '-count=1', '-vet=off', '-timeout=240s', ...(isRaceDetected ? ['-race'] : [])];
  // Compiled while the servers are made.
  const [database, control, majors] = await Promise.all([
    openTestDatabase(),
    openControl(),
    openEachMajor(),
    runGo(go, ['test', ...flags, '-run=^$', '.']),
  ]);
  const outcome = await runGo(go, ['test', ...flags, '.'], {
    PGQUE_TEST_DSN: database.url,
    PGQUE_TEST_MAJORS: JSON.stringify(majors),
    ...control,
  });
  const reports = readGoTests(outcome.stdout);
  for (const { name, result, output } of reports) test(name, () => expect(result, output).toBe('pass'));
  // What breaks before, between or after the tests has no report of its own.
  const hasFailed = reports.some(({ result }) => result !== 'pass');
  test('go test came to its end', () => expect(outcome.exitCode, outcome.output).toBe(hasFailed ? 1 : 0));
}

/** A database with the engine on each server of this run, for what is tried on all of them. */
async function openEachMajor(): Promise<Record<string, string>> {
  const databases = inject('servers').map(
    async ({ major }) => [String(major), (await openTestDatabase({ major })).url] as const,
  );
  return Object.fromEntries(await Promise.all(databases));
}
