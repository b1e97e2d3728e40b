import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface ProcessState {
  readonly parent: number;
  readonly isZombie: boolean;
}

/** The processes whose parent is `pid`. */
export function childrenOf(pid: number): number[] {
  return process.platform === 'linux' ? childrenFromProc(pid) : childrenFromPs(pid);
}

/** A zombie counts as dead: it holds no memory, no port and no lock. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || stateFromProc(pid)?.isZombie === false;
}

/** Sends the signal; a process that is gone already is no failure. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Kills a process and its children at one moment: stopped first, it can neither start nor reap another child. */
export function killTree(pid: number): number[] {
  sendSignal(pid, 'SIGSTOP');
  const all = [pid, ...childrenOf(pid)];
  for (const one of all) sendSignal(one, 'SIGKILL');
  return all;
}

/** Answers whether all of them were gone within the time. */
export async function waitUntilGone(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) return false;
    await delay(10);
  }
  return true;
}

function childrenFromProc(pid: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((candidate) => stateFromProc(candidate)?.parent === pid);
}

function stateFromProc(pid: number): ProcessState | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command stands in parentheses and may hold spaces and parentheses itself.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(parent), isZombie: state === 'Z' };
  } catch {
    return undefined;
  }
}

function childrenFromPs(pid: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (child !== undefined && parent === pid ? [child] : []));
}
