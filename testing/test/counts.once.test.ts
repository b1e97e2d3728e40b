import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm test` over one file with this content; answers its exit code and its last line. */
function runTests(content: string): { status: number | null; lastLine: string | undefined } {
  const folder = mkdtempSync(join(root, 'testing/.samples-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'sample.once.test.ts'), `import { beforeAll, test } from 'vitest';\n${content}`);
  const { PGQUE_TEST_COUNTS: _, VITEST: __, ...environment } = process.env;
  const { status, stdout } = spawnSync(process.execPath, ['scripts/test.ts', '--pg', '17'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...environment, PGQUE_TEST_FOLDERS: relative(root, folder) },
  });
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

test.each([
  ['passing tests', `test('a', () => {}); test('b', () => {});`, 0, '2 passed, 0 failed'],
  ['a failing test', `test('a', () => {}); test('b', () => { throw new Error('no'); });`, 1, '1 passed, 1 failed'],
  ['a skipped test', `test('a', () => {}); test.skip('b', () => {});`, 0, '1 passed, 0 failed, 1 skipped'],
  ['a file that does not load', `throw new Error('no');`, 1, '0 passed, 1 failed'],
  [
    'an error outside of tests',
    `test('a', () => {}); setTimeout(() => { throw new Error('no'); });`,
    1,
    '1 passed, 1 failed',
  ],
  // The test that did not end, and the error about its worker.
  ['a worker that dies', `test('a', () => { process.kill(process.pid, 'SIGKILL'); });`, 1, '0 passed, 2 failed'],
  [
    'a hook that fails',
    `beforeAll(() => { throw new Error('no'); }); test('a', () => {});`,
    1,
    '0 passed, 1 failed, 1 skipped',
  ],
  ['a run that is killed', `test('a', () => { process.kill(process.ppid, 'SIGKILL'); });`, 1, '0 passed, 1 failed'],
])('the last line counts %s', (_, content, status, lastLine) => {
  expect(runTests(content)).toEqual({ status, lastLine });
});
