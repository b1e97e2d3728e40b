import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes the small System V segment that a killed postmaster leaves behind. A later start on the same data recycles it;
 * for data that are thrown away nobody would. The postmaster's lock file names it: line 7, key and id.
 */
export function removeSharedMemory(dataDirectory: string): void {
  try {
    const line = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[6];
    const id = line?.trim().split(/\s+/)[1];
    if (id !== undefined && /^\d+$/.test(id)) execFileSync('ipcrm', ['-m', id], { stdio: 'ignore' });
  } catch {
    // Neither lock file nor segment after an orderly shutdown; without ipcrm some 56 bytes stay until the next boot.
  }
}
