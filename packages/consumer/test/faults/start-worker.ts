import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeAtEndOfFile } from '@pgque/testing';
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
      // Twenty that compile the same sources keep a machine busy.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'pgque-compile-cache') },
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
    if (!this.#child.kill(signal)) throw new Error(`it ended before it got ${signal}:\n${this.errors}`);
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

  /** Waits until it has said so, or fails when it has ended before. */
  async reported(kind: WorkerReport['kind'], times = 1): Promise<void> {
    while (this.count(kind) < times) {
      await Promise.race([once(this.#child, 'message'), this.exited]);
      if (this.count(kind) < times && !this.isRunning)
        throw new Error(`it ended before it was ${kind}:\n${this.errors}`);
    }
  }
}
