import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StartServerOptions } from '../src/index.ts';

export interface ParentReport {
  readonly pid: number;
  readonly dataDirectory: string;
  readonly port: number;
  /** Of the error, when the start failed. */
  readonly code: string;
  readonly message: string;
}

const fixture = fileURLToPath(new URL('./fixtures/parent.ts', import.meta.url));

/** Starts a process that starts a server with its temporary files below `temporaryDirectory`. */
export function spawnParent(
  temporaryDirectory: string,
  options: StartServerOptions = {},
  then: 'wait' | 'exit' | 'leave' = 'wait',
  prefix: readonly string[] = [],
): ChildProcess {
  const [command = '', ...args] = [...prefix, process.execPath, fixture, JSON.stringify(options), then];
  return spawn(command, args, {
    env: { ...process.env, TMPDIR: temporaryDirectory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export async function reportOf(parent: ChildProcess): Promise<ParentReport> {
  if (!parent.stdout) throw new Error('the parent has no standard output');
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  return JSON.parse(line);
}

export async function exitCodeOf(parent: ChildProcess): Promise<number | null> {
  if (parent.exitCode === null && parent.signalCode === null) await once(parent, 'exit');
  return parent.exitCode;
}
