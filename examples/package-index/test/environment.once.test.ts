import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { leftIn, ownFolder, Program, type Result, runProgram } from './run-program.ts';

function expectSentence({ stderr, code }: Result, sentence: string): void {
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(3);
}

test('a port that is taken is named', async () => {
  using folder = ownFolder();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expectSentence(await runProgram(folder.path, ['--port', String(port)]), `Port ${port} is taken by another program`);
  other.close();
  expect(leftIn(folder.path)).toEqual([]);
});

test('a full disk is named before the start and in the middle', async () => {
  using folder = ownFolder();
  const full = join(folder.path, 'full');
  mkdirSync(full);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=755', 'tmpfs', full]).status === 0;
  try {
    // Where nothing may be mounted, no file may grow above 1 MB.
    const prefix = mounted ? [] : ['bash', '-c', 'ulimit -f 1024; exec "$@"', 'bash'];
    const result = await runProgram(mounted ? full : folder.path, ['--once'], '', { prefix });
    expectSentence(result, 'There is no room left');
    if (!mounted) return;
    spawnSync('mount', ['-o', 'remount,size=90m', full]);
    const line = `{"payload":"${'x'.repeat(1_000)}"}\n`;
    expectSentence(await runProgram(full, ['--input', '-'], line.repeat(60_000)), 'There is no room left');
    expect(leftIn(full)).toEqual([]);
  } finally {
    spawnSync('umount', ['--lazy', full]);
  }
});

test('a PostgreSQL that is not installed is named, with what to do', async () => {
  using folder = ownFolder();
  const hide = fileURLToPath(new URL('./fixtures/hide-postgres.cjs', import.meta.url));
  const result = await runProgram(folder.path, ['--once'], '', { nodeOptions: ['--require', hide] });
  expectSentence(result, 'remove the folder node_modules and run npm start again');
});

test('a second run on the same --data is refused while the first goes on, and welcome afterwards', async () => {
  using folder = ownFolder();
  const first = new Program(folder.path, ['--data', 'kept', '--input', '-']);
  await first.says('PgQue is installed');
  const second = await runProgram(folder.path, ['--data', 'kept', '--once']);
  expectSentence(second, 'Another server, perhaps another npm start, works on');
  first.child.stdin?.end('1\n');
  expect((await first.result).code).toBe(0);
  expect((await runProgram(folder.path, ['--data', 'kept', '--input', '-'], '1\n')).code).toBe(0);
});

test('a file is no folder for --data', async () => {
  using folder = ownFolder();
  writeFileSync(join(folder.path, 'file'), '');
  expectSentence(await runProgram(folder.path, ['--data', 'file', '--once']), 'it is not a folder');
});
