import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { arch, cpus, loadavg, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './quantile.ts';
import type { Scale } from './scenario.ts';

/** What a reader must know to judge the figures. No names and no paths of a machine. */
export interface Facts {
  readonly date: string;
  readonly scale: Scale;
  /** Whether it was a full run of everything; others are illustrations. */
  readonly isEvidence: boolean;
  readonly commit: string;
  readonly hasUncommittedChanges: boolean;
  readonly node: string;
  readonly machine: Machine;
  /** One-minute load average before the start: of a quiet machine it is well below the number of cores. */
  readonly loadBefore: number;
  readonly servers: readonly ServerFacts[];
}

export interface Machine {
  readonly class: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly processor: string;
  /** Of 8 KiB to the folder in which the servers are. */
  readonly fdatasyncMicroseconds: number;
}

export interface ServerFacts {
  readonly major: number;
  readonly version: string;
  readonly origin: string;
  /** What is not the default, and what matters most. */
  readonly settings: Readonly<Record<string, string>>;
  readonly peers: readonly PeerFacts[];
}

export interface PeerFacts {
  readonly name: string;
  readonly version: string;
  /** Why it could not be had. */
  readonly missing?: string;
}

export function machineFacts(): Machine {
  const cores = cpus().length;
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return {
    class: `${cores}-cores-${memoryGib}-gib-${platform()}-${arch()}`,
    cores,
    memoryGib,
    processor: cpus()[0]?.model.trim() ?? '',
    fdatasyncMicroseconds: fdatasyncMicroseconds(),
  };
}

export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

/** Of the sources that are measured. */
export function commitFacts(): Pick<Facts, 'commit' | 'hasUncommittedChanges'> {
  const root = new URL('../..', import.meta.url);
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  return {
    commit: git('rev-parse', '--short=12', 'HEAD'),
    hasUncommittedChanges: git('status', '--porcelain', '--', 'sql', 'packages', 'benchmark') !== '',
  };
}

function fdatasyncMicroseconds(): number {
  const folder = mkdtempSync(join(tmpdir(), 'pgque-fdatasync-'));
  const file = openSync(join(folder, 'file'), 'w');
  const block = Buffer.alloc(8192);
  const times = Array.from({ length: 50 }, (_, index) => {
    writeSync(file, block, 0, block.length, index % 2 === 0 ? 0 : block.length);
    const startedAt = performance.now();
    fdatasyncSync(file);
    return (performance.now() - startedAt) * 1000;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return Math.round(median(times));
}
