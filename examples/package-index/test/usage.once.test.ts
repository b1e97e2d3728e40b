import { expect, test } from 'vitest';
import { ownFolder, runProgram } from './run-program.ts';

test.each([
  { args: ['--inptu', 'x'], hint: 'Did you mean --input?' },
  { args: ['--on-broken', 'ignore'], hint: 'Allowed choices are skip, refuse' },
  { args: ['--port', 'http'], hint: 'a whole number from 1024 to 65535' },
  { args: ['events.ndjson'], hint: 'Options follow "--"' },
  { args: ['--input', 'missing.ndjson'], hint: 'there is no such file' },
  { args: ['--input', '.'], hint: 'it is a folder' },
])('$args is refused with a hint and code 2', async ({ args, hint }) => {
  using folder = ownFolder();
  const { stdout, stderr, code } = await runProgram(folder.path, args);
  expect(stderr).toContain(hint);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('--help names every option and every exit code', async () => {
  using folder = ownFolder();
  const { stdout, code } = await runProgram(folder.path, ['--help']);
  for (const word of ['--input', '--on-broken', '--max-line-bytes', '--rate', '--data', '--port', '--once', '--json']) {
    expect(stdout).toContain(word);
  }
  expect(stdout).toContain('130  Ctrl-C');
  expect(code).toBe(0);
});
