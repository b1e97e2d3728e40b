import { execFileSync } from 'node:child_process';

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Pids of the processes, servers and guards alike, whose command line names this folder. */
export function processesNaming(folder: string): number[] {
  return allProcesses()
    .filter(({ pid, command }) => pid !== process.pid && command.includes(folder))
    .map(({ pid }) => pid);
}

export function parentOf(pid: number): number {
  const found = allProcesses().find((candidate) => candidate.pid === pid);
  if (!found) throw new Error(`there is no process ${pid}`);
  return found.parent;
}

function allProcesses(): ProcessLine[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, ...command]) => ({ pid: Number(pid), parent: Number(parent), command: command.join(' ') }));
}
