import { mkdirSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProgramOutcome, runProgram } from '@pgque/testing';
import { test } from 'vitest';

/** Of the package. */
export const folder = fileURLToPath(new URL('../', import.meta.url));
const cache = fileURLToPath(new URL('../../../node_modules/.cache/pgque-go/', import.meta.url));
/** What staticcheck needs; users need what go.mod says. */
const minimum = { major: 1, minor: 26 };
/** The toolchain that was found, and nothing that it would fetch instead. */
const environment = { GOTOOLCHAIN: 'local', GOFLAGS: '' };

/** Runs the Go command, or another program of its, in the folder of the package, and never fails by itself. */
export function runGo(
  go: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<ProgramOutcome> {
  // What is run may look for the command itself.
  const path = isAbsolute(go) ? { PATH: `${dirname(go)}:${process.env['PATH']}` } : {};
  return runProgram(go, args, { folder, environment: { ...environment, ...path, ...variables } });
}

/** A Go that is new enough; `undefined` when this machine has none. */
export async function findGo(): Promise<string | undefined> {
  for (const go of ['go', '/usr/local/go/bin/go']) {
    const { exitCode, stdout } = await runGo(go, ['env', 'GOVERSION']);
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout) ?? [];
    if (exitCode === 0 && Number(major) === minimum.major && Number(minor) >= minimum.minor) return go;
  }
  return undefined;
}

/** Whether there is a compiler of C, which the race detector needs. */
export async function hasRaceDetector(go: string): Promise<boolean> {
  const { stdout } = await runGo(go, ['env', 'CC']);
  const { exitCode } = await runGo(stdout.trim() || 'gcc', ['--version']);
  return exitCode === 0;
}

/** The staticcheck of tools/go.mod, built at the first call and brought up to date at later ones. */
export async function openStaticcheck(go: string): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const target = `${cache}staticcheck`;
  const built = await runGo(go, ['build', '-C', 'tools', '-o', target, 'honnef.co/go/tools/cmd/staticcheck']);
  if (built.exitCode !== 0) throw new Error(built.output);
  return target;
}

/** A test that did not run, and fails with CI=true. */
export function reportMissing(what: string, need: string): void {
  const sentence = `${what}: ${need} is not here`;
  test(sentence, ({ skip }) => {
    if (process.env['CI']) throw new Error(sentence);
    skip(sentence);
  });
}

export const goIsMissing = `Go ${minimum.major}.${minimum.minor} or later (Debian: golang from backports; go.dev/dl)`;
