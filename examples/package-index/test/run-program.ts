import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

// Some of these runs start three servers; a machine may be busy with others.
vi.setConfig({ testTimeout: 90_000 });

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface RunOptions {
  /** A command that runs the program, before its name. */
  readonly prefix?: readonly string[];
  /** Options of Node. */
  readonly nodeOptions?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** The program as npm start runs it, with its temporary files in a folder of the test. */
export class Program {
  readonly child: ChildProcess;
  readonly result: Promise<Result>;
  #stdout = '';
  #stderr = '';

  constructor(folder: string, args: readonly string[], { prefix = [], nodeOptions = [], env = {} }: RunOptions = {}) {
    const node = [process.execPath, ...nodeOptions, '--conditions=@pgque/source', main, ...args];
    const [command = '', ...rest] = [...prefix, ...node];
    const { NODE_OPTIONS: _, FORCE_COLOR: __, ...environment } = process.env;
    this.child = spawn(command, rest, { env: { ...environment, TMPDIR: folder, INIT_CWD: folder, ...env } });
    this.child.stdout?.on('data', (chunk) => {
      this.#stdout += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.#stderr += chunk;
    });
    // Tests that close a pipe, or end the program, write into nothing.
    this.child.stdin?.on('error', () => {});
    this.result = once(this.child, 'close').then(([code]) => ({ stdout: this.#stdout, stderr: this.#stderr, code }));
  }

  /** All it wrote so far. */
  get said(): string {
    return `${this.#stdout}${this.#stderr}`;
  }

  /** Until its human text, on standard output or standard error, holds this. */
  async says(text: string): Promise<void> {
    while (!this.said.includes(text)) {
      const streams = [this.child.stdout, this.child.stderr].map((stream) => stream && once(stream, 'data'));
      const isOver = await Promise.race([...streams, this.result.then(() => true)]);
      if (isOver === true) throw new Error(`it never said "${text}", but:\n${this.said}`);
    }
  }
}

/** Runs the program to its end with this on standard input. */
export function runProgram(folder: string, args: readonly string[], input: string | Buffer = '', options?: RunOptions) {
  const program = new Program(folder, args, options);
  program.child.stdin?.end(input);
  return program.result;
}

/** The object of the last line of standard output. */
export function lastLine({ stdout }: Result): Record<string, unknown> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

/** A folder for one test, which the server's user may enter. */
export function ownFolder(): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'package-index-test-')));
  chmodSync(path, 0o755);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Processes that name this folder, and temporary folders of a server in it. */
export function leftIn(folder: string): string[] {
  const processes = execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }).split('\n');
  return [
    ...processes.filter((line) => line.includes(folder) && !line.startsWith('ps ')),
    ...readdirSync(folder).filter((name) => name.startsWith('pgque-')),
  ];
}
