import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareDataDirectory, writeSettings } from './data-directory.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { GuardConfiguration } from './guard-messages.ts';
import { childrenOf, killTree, sendSignal, waitUntilGone } from './process-tree.ts';
import type { KillSignal } from './server.ts';
import { serverFailure } from './server-failure.ts';
import { removeSharedMemory } from './shared-memory.ts';

const keptLogLines = 50;
const shutdownStepMs = 5_000;

/**
 * One postmaster as its guard sees it. `down` -> start() -> `up` -> kill(), a crash -> `down`; close() from anywhere,
 * even in the middle of a start, ends what runs and removes what is temporary. After close() nothing starts any more.
 */
export class Postmaster {
  readonly #configuration: GuardConfiguration;
  readonly #onExit: () => void;
  readonly #log: string[] = [];
  #child: ChildProcess | undefined;
  /** Settles when the child is reaped, a moment after its process is gone. */
  #childExit: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(configuration: GuardConfiguration, onExit: () => void) {
    this.#configuration = configuration;
    this.#onExit = onExit;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Answers once connections are taken. */
  async start(port: number): Promise<void> {
    if (this.#child) return;
    const { dataDirectory, postgres } = this.#configuration;
    await prepareDataDirectory(this.#configuration, (program, args) => this.#runToEnd(program, args));
    if (this.#isClosed) throw stopped();
    writeSettings(this.#configuration, port);
    this.#log.length = 0;
    const child = this.#spawn(postgres, ['-D', dataDirectory], 'SIGQUIT');
    this.#childExit = new Promise((resolve) => {
      child.once('exit', () => {
        this.#child = undefined;
        this.#onExit();
        resolve(undefined);
      });
    });
    await this.#waitUntilReady(child, port);
  }

  async kill(signal: KillSignal): Promise<void> {
    const pid = this.pid;
    if (pid === undefined) return;
    const all = signal === 'SIGKILL' ? killTree(pid) : [pid, ...childrenOf(pid)];
    sendSignal(pid, signal);
    if (!(await waitUntilGone(all, shutdownStepMs))) await waitUntilGone(killTree(pid), shutdownStepMs);
    await this.#childExit;
  }

  /** Fast shutdown, then immediate, then SIGKILL; bounded at each step. initdb ends orderly on the same signals. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      const pid = this.pid;
      if (pid === undefined) break;
      const all = signal === 'SIGKILL' ? killTree(pid) : [pid, ...childrenOf(pid)];
      sendSignal(pid, signal);
      if (await waitUntilGone(all, shutdownStepMs)) break;
    }
    const { dataDirectory, temporaryDirectory } = this.#configuration;
    if (temporaryDirectory === undefined) return;
    removeSharedMemory(dataDirectory);
    rmSync(temporaryDirectory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  async #waitUntilReady(child: ChildProcess, port: number): Promise<void> {
    const { dataDirectory, startTimeoutMs } = this.#configuration;
    const deadline = performance.now() + startTimeoutMs;
    const allRead = once(child, 'close');
    while (!isReady(dataDirectory, child.pid)) {
      if (this.#isClosed) throw stopped();
      if (this.#child !== child) {
        // The last words may still be in the pipe.
        await Promise.race([allRead, delay(1_000)]);
        throw serverFailure('PostgreSQL did not start', this.#log, { port, dataDirectory });
      }
      if (performance.now() > deadline) {
        await this.kill('SIGKILL');
        throw serverFailure(`PostgreSQL was not ready within ${startTimeoutMs} ms`, this.#log, { port, dataDirectory });
      }
      await delay(10);
    }
  }

  async #runToEnd(program: string, args: readonly string[]): Promise<{ code: number | null; log: string[] }> {
    if (this.#isClosed) throw stopped();
    this.#log.length = 0;
    const child = this.#spawn(program, args, 'SIGTERM');
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('close', resolve);
    });
    this.#child = undefined;
    if (this.#isClosed) throw stopped();
    return { code, log: [...this.#log] };
  }

  #spawn(program: string, args: readonly string[], deathSignal: NodeJS.Signals): ChildProcess {
    const { account, dataDirectory } = this.#configuration;
    const [command, ...rest] = [...tiedToThisProcess(deathSignal), program, ...args] as [string, ...string[]];
    const child = spawn(command, rest, {
      cwd: '/',
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...account,
    });
    const keep = (chunk: Buffer): void => this.#keepLog(chunk, join(dataDirectory, 'server.log'));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => this.#log.push(error.message));
    this.#child = child;
    return child;
  }

  #keepLog(chunk: Buffer, file: string): void {
    this.#log.push(
      ...chunk
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
    this.#log.splice(0, Math.max(0, this.#log.length - keptLogLines));
    try {
      if (existsSync(join(file, '../PG_VERSION'))) appendFileSync(file, chunk);
    } catch {
      // A full disk shows in the server's own words, which are kept above.
    }
  }
}

/** With setpriv the kernel itself ends the server when its guard dies by SIGKILL. */
function tiedToThisProcess(signal: NodeJS.Signals): string[] {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  return setpriv === undefined ? [] : [setpriv, '--pdeathsig', signal.replace('SIG', '')];
}

/** Of the caller's PG… variables none may reach the server: PGDATA and PGOPTIONS would change what it does. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|NODE_|TZ$)/.test(name));
  return { ...Object.fromEntries(entries), LC_ALL: 'C' };
}

/** The postmaster's lock file says so in its eighth line. */
function isReady(dataDirectory: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function stopped(): EmbeddedError {
  return new EmbeddedError('server-stopped', 'The server was stopped while it started.');
}
