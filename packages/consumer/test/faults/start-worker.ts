import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { closeAtEndOfFile } from '@pgque/testing';
import { expect } from 'vitest';
import type { WorkerOptions, WorkerReport } from './worker.ts';

const program = fileURLToPath(new URL('worker.ts', import.meta.url));

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the application under test. */
export class Worker implements AsyncDisposable {
  readonly reports: WorkerReport[] = [];
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #errors: string[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (report: WorkerReport) => this.reports.push(report));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#errors.push(text));
    this.exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  }

  /** Forks it; it is killed at the end of the test file, frozen or not. */
  static fork(options: WorkerOptions): Worker {
    const child = fork(program, [JSON.stringify(options)], {
      execArgv: ['--conditions=@pgque/source'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    // A process that is frozen would not notice that this one has gone.
    process.once('exit', () => child.kill('SIGKILL'));
    return closeAtEndOfFile(new Worker(child));
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = Worker.fork(options);
    await worker.reported('started');
    return worker;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it has written to its standard error. */
  get errors(): string {
    return this.#errors.join('');
  }

  signal(signal: NodeJS.Signals): void {
    expect(this.#child.kill(signal)).toBe(true);
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  count(kind: WorkerReport['kind']): number {
    return this.reports.filter((report) => report.kind === kind).length;
  }

  /** Waits until it has said so, so many times. */
  async reported(kind: WorkerReport['kind'], times = 1, timeoutMs = 60_000): Promise<void> {
    const state = (): string => `${this.count(kind)} ${this.isRunning ? '' : 'ended'}${this.errors}`;
    await expect.poll(() => this.count(kind) >= times || state(), { timeout: timeoutMs, interval: 10 }).toBe(true);
  }
}
