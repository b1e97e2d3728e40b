import { once } from 'node:events';
import { expect, test } from 'vitest';
import { lastLine, leftIn, ownFolder, Program, runProgram } from './run-program.ts';

/** A run in the middle: some events are sent, and the input stays open. */
async function runInTheMiddle(folder: string, ...args: string[]): Promise<Program> {
  const program = new Program(folder, ['--input', '-', ...args]);
  await program.says('PgQue is installed');
  program.child.stdin?.write('1\n2\n3\nbroken\n');
  await program.says('line 4 is not JSON');
  return program;
}

test('Ctrl-C in the middle stops cleanly with code 130', async () => {
  using folder = ownFolder();
  const program = await runInTheMiddle(folder.path, '--json');
  program.child.kill('SIGINT');
  // npm hands the same keystroke on a moment later.
  program.child.kill('SIGINT');
  const result = await program.result;
  expect(result.code).toBe(130);
  expect(result.stderr).toContain('Stopped by Ctrl-C before everything was delivered.');
  expect(lastLine(result)).toMatchObject({ deadTuples: 0, agrees: false });
  expect(leftIn(folder.path)).toEqual([]);
});

test('SIGTERM stops cleanly with code 143', async () => {
  using folder = ownFolder();
  const program = await runInTheMiddle(folder.path);
  program.child.kill('SIGTERM');
  expect((await program.result).code).toBe(143);
  expect(leftIn(folder.path)).toEqual([]);
});

test('a Ctrl-C while the server starts leaves nothing behind', async () => {
  using folder = ownFolder();
  const program = new Program(folder.path, ['--once']);
  await program.says('Starting PostgreSQL');
  program.child.kill('SIGINT');
  const { code, stderr } = await program.result;
  expect(code).toBe(130);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(leftIn(folder.path)).toEqual([]);
});

test('a program that is killed leaves no server', async () => {
  using folder = ownFolder();
  const program = await runInTheMiddle(folder.path);
  program.child.kill('SIGKILL');
  await program.result;
  await expect.poll(() => leftIn(folder.path), { timeout: 10_000 }).toEqual([]);
});

test('it ends with the shell below npm, which hands no signal on', async () => {
  using folder = ownFolder();
  const program = new Program(folder.path, ['--rate', '1', '--once'], {
    prefix: ['sh', '-c', '"$@"; true', 'sh'],
    env: { npm_lifecycle_event: 'start' },
  });
  await program.says('PgQue is installed');
  program.child.kill('SIGTERM');
  expect((await program.result).stdout).toContain('Stopped by the end of npm');
  expect(leftIn(folder.path)).toEqual([]);
});

test('what was not delivered before a stop is delivered by the next run on the same data', async () => {
  using folder = ownFolder();
  const program = new Program(folder.path, ['--input', '-', '--data', 'kept', '--json']);
  await program.says('PgQue is installed');
  program.child.stdin?.write('{"n":1}\n'.repeat(10_000));
  program.child.stdin?.write('broken\n');
  await program.says('is not JSON');
  program.child.kill('SIGINT');
  const before = lastLine(await program.result);
  const after = lastLine(await runProgram(folder.path, ['--input', '-', '--data', 'kept', '--json'], '1\n'));
  const sent = Number(before['sent']);
  const delivered = Object.values(before['consumers'] as Record<string, number>).reduce((sum, count) => sum + count, 0);
  expect(after).toMatchObject({ sent: 1, leftOver: 3 * sent - delivered, agrees: true });
});

test('a reader that goes away, as head does, ends the run without a stack trace', async () => {
  using folder = ownFolder();
  const program = new Program(folder.path, ['--once']);
  if (program.child.stdout) await once(program.child.stdout, 'data');
  program.child.stdout?.destroy();
  const { code, stderr } = await program.result;
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(141);
  expect(leftIn(folder.path)).toEqual([]);
});
