import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { lastLine, leftIn, ownFolder, runProgram } from './run-program.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

test('without options every package.json below node_modules reaches all three consumers', async () => {
  using folder = ownFolder();
  const result = await runProgram(folder.path, ['--once', '--json']);
  const found = execFileSync('find', ['node_modules', '-name', 'package.json', '-type', 'f'], { cwd: repository });
  const manifests = found.toString().trim().split('\n').length;

  expect(lastLine(result)).toMatchObject({
    sent: manifests,
    consumers: { audit_logger: manifests, notification_sender: manifests, analytics_pipeline: manifests },
    retried: Math.floor(manifests / 100),
    dead: 1,
    deadTuples: 0,
    broken: 0,
    agrees: true,
  });
  expect(result.code).toBe(0);
  expect(leftIn(folder.path)).toEqual([]);
});

test('with --json standard output holds the line of the result and nothing else', async () => {
  using folder = ownFolder();
  const { stdout, stderr } = await runProgram(folder.path, ['--input', '-', '--json'], '{}\n');
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain('every count agrees');
});

test('an empty input ends at once, with zeros that agree', async () => {
  using folder = ownFolder();
  const result = await runProgram(folder.path, ['--input', '-', '--json']);
  expect(lastLine(result)).toMatchObject({ sent: 0, retried: 0, dead: 0, deadTuples: 0, agrees: true });
  expect(result.code).toBe(0);
});

test('two runs beside each other do not meet', async () => {
  using folder = ownFolder();
  const results = await Promise.all([1, 2].map(() => runProgram(folder.path, ['--input', '-', '--json'], '1\n2\n')));
  expect(results.map(lastLine)).toMatchObject([
    { sent: 2, agrees: true },
    { sent: 2, agrees: true },
  ]);
});
