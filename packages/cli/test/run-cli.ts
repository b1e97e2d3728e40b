import { vi } from 'vitest';
import { run } from '../src/run.ts';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, one at a time, against a database. */
export async function runCli(url: string, ...args: readonly string[]): Promise<CliResult> {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const textOf = (spy: typeof stdout): string => spy.mock.calls.map(([text]) => String(text)).join('');
  try {
    const exitCode = await run(['--url', url, ...args]);
    return { exitCode, stdout: textOf(stdout), stderr: textOf(stderr) };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

/** The same for a command that must succeed: what it prints for machines. */
export async function runJson<Result>(url: string, ...args: readonly string[]): Promise<Result> {
  const { exitCode, stdout, stderr } = await runCli(url, '--json', ...args);
  if (exitCode !== 0) throw new Error(`pgque ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as Result;
}
