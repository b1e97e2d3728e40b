import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isAlive } from '../src/process-tree.ts';
import { ownTemporaryDirectory } from './own-temporary-directory.ts';
import { exitCodeOf, reportOf, spawnParent } from './run-parent.ts';
import { parentOf, processesNaming } from './server-processes.ts';

const patience = { timeout: 20_000, interval: 20 };

/** Neither a process nor a file is left of what was started in this folder. */
async function expectNothingLeft(folder: string): Promise<void> {
  await expect.poll(() => processesNaming(folder), patience).toEqual([]);
  await expect.poll(() => readdirSync(folder), patience).toEqual([]);
}

test('a parent killed by SIGKILL leaves neither a server nor its files', async () => {
  using folder = ownTemporaryDirectory();
  const parent = spawnParent(folder.path);
  const { pid } = await reportOf(parent);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), patience).toBe(false);
  await expectNothingLeft(folder.path);
});

test('a parent killed by SIGKILL in the middle of a start leaves nothing', async () => {
  using folder = ownTemporaryDirectory();
  const parent = spawnParent(folder.path);
  await expect.poll(() => processesNaming(folder.path).length, { ...patience, interval: 1 }).toBeGreaterThan(0);
  parent.kill('SIGKILL');
  await exitCodeOf(parent);
  await expectNothingLeft(folder.path);
});

test('process.exit() in the parent keeps its exit code and ends the server', async () => {
  using folder = ownTemporaryDirectory();
  const parent = spawnParent(folder.path, {}, 'exit');
  expect(await exitCodeOf(parent)).toBe(7);
  await expectNothingLeft(folder.path);
});

test('a running server does not keep the event loop of its parent alive', async () => {
  using folder = ownTemporaryDirectory();
  const parent = spawnParent(folder.path, {}, 'leave');
  expect(await exitCodeOf(parent)).toBe(0);
  await expectNothingLeft(folder.path);
});

test('a guard killed by SIGKILL takes its server along, and the parent removes the files', async () => {
  using folder = ownTemporaryDirectory();
  const parent = spawnParent(folder.path);
  const { pid, dataDirectory } = await reportOf(parent);
  process.kill(parentOf(pid), 'SIGKILL');
  await expect.poll(() => isAlive(pid), patience).toBe(false);
  await expect.poll(() => existsSync(dataDirectory), patience).toBe(false);
  parent.kill('SIGKILL');
  await exitCodeOf(parent);
});

test('no server survives when parent and guard are killed by SIGKILL together', async () => {
  using folder = ownTemporaryDirectory();
  const parent = spawnParent(folder.path);
  const { pid } = await reportOf(parent);
  const guard = parentOf(pid);
  parent.kill('SIGSTOP');
  process.kill(guard, 'SIGKILL');
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), patience).toBe(false);
  await expect.poll(() => processesNaming(folder.path), patience).toEqual([]);
});
