import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface RunProgramOptions {
  /** Where it runs. */
  readonly folder: string;
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ProgramOutcome {
  /** `null` when a signal ended it, or when it could not be started. */
  readonly exitCode: number | null;
  /** What it has written to its standard output. */
  readonly stdout: string;
  /** That, and behind it what it has written to its standard error. */
  readonly output: string;
}

/** Runs a program of another language to its end, and never fails by itself. */
export async function runProgram(
  file: string,
  args: readonly string[],
  { folder, environment = {} }: RunProgramOptions,
): Promise<ProgramOutcome> {
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    const [stdout, stderr] = await outputs;
    return { exitCode, stdout, output: stdout + stderr };
  } catch (error) {
    return { exitCode: null, stdout: '', output: String(error) };
  }
}
