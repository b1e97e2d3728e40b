import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownTemporaryDirectory } from './own-temporary-directory.ts';
import { exitCodeOf, reportOf, spawnParent } from './run-parent.ts';

/** A file system of 16 MB where this user may mount one; elsewhere no file may grow above 1 MB. */
function makeTooSmall(folder: string): Disposable & { readonly prefix: readonly string[] } {
  mkdirSync(folder);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=755', 'tmpfs', folder]).status === 0;
  if (!mounted) return { prefix: ['bash', '-c', 'ulimit -f 1024; exec "$@"', 'bash'], [Symbol.dispose]: () => {} };
  return { prefix: [], [Symbol.dispose]: () => spawnSync('umount', ['--lazy', folder]) };
}

test('a full disk is named as the reason', async () => {
  using folder = ownTemporaryDirectory();
  using small = makeTooSmall(join(folder.path, 'small'));
  const dataDirectory = join(folder.path, 'small/data');
  const parent = spawnParent(folder.path, { dataDirectory }, 'wait', small.prefix);
  const report = await reportOf(parent);
  expect(report).toMatchObject({ code: 'disk-full', message: expect.stringContaining(dataDirectory) });
  expect(await exitCodeOf(parent)).toBe(1);
});

test('a limit on the size of files is taken for a full disk', async () => {
  using folder = ownTemporaryDirectory();
  const parent = spawnParent(folder.path, {}, 'wait', ['bash', '-c', 'ulimit -f 1024; exec "$@"', 'bash']);
  expect(await reportOf(parent)).toMatchObject({ code: 'disk-full' });
  expect(await exitCodeOf(parent)).toBe(1);
});
