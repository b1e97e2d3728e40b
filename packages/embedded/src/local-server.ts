import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findBinaries } from './binaries.ts';
import { createDatabase } from './database.ts';
import { EmbeddedError } from './embedded-error.ts';
import { findFreePort } from './free-port.ts';
import { GuardChannel } from './guard-channel.ts';
import type { GuardConfiguration } from './guard-messages.ts';
import { defaultMajor, type Major } from './major.ts';
import { killTree, sendSignal, waitUntilGone } from './process-tree.ts';
import type { CreateDatabaseOptions, Database, KillSignal, Server, StartServerOptions } from './server.ts';
import { serverAccount } from './server-account.ts';
import { removeSharedMemory } from './shared-memory.ts';

/** Longer than the guard's own steps together (fast, immediate, SIGKILL). */
const stopTimeoutMs = 20_000;
const portAttempts = 5;

/** Starts a server from the npm binaries, on this machine. */
export async function startLocalServer(options: StartServerOptions): Promise<Server> {
  options.signal?.throwIfAborted();
  const server = new LocalServer(options);
  const giveUp = (): void => void server.stop();
  options.signal?.addEventListener('abort', giveUp);
  try {
    await server.open(options.port);
  } catch (error) {
    await server.stop();
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
  return server;
}

class LocalServer implements Server {
  readonly source = 'binaries';
  readonly major: Major;
  readonly #configuration: GuardConfiguration;
  readonly #guard: GuardChannel;
  #password = '';
  #port = 0;
  #pid: number | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: StartServerOptions) {
    this.major = options.major ?? defaultMajor;
    this.#configuration = configurationOf(this.major, options);
    this.#guard = new GuardChannel(
      () => {
        this.#pid = undefined;
      },
      () => this.#cleanUpAfterGuard(),
    );
  }

  get url(): string {
    return `postgres://postgres:${this.#password}@127.0.0.1:${this.#port}/postgres`;
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  get dataDirectory(): string {
    return this.#configuration.dataDirectory;
  }

  /** A free port can be taken before the server has it; then another one is tried. */
  async open(port: number | undefined): Promise<void> {
    await this.#guard.request({ name: 'open', configuration: this.#configuration });
    for (let attempt = 1; ; attempt += 1) {
      this.#port = port ?? (await findFreePort());
      try {
        return await this.#startOnPort();
      } catch (error) {
        const isTaken = error instanceof EmbeddedError && error.code === 'port-in-use';
        if (!isTaken || port !== undefined || attempt === portAttempts) throw error;
      }
    }
  }

  createDatabase(options?: CreateDatabaseOptions): Promise<Database> {
    return createDatabase(this.url, options);
  }

  async kill(signal: KillSignal = 'SIGKILL'): Promise<void> {
    this.#refuseWhenStopped();
    await this.#guard.request({ name: 'kill', signal });
    this.#pid = undefined;
  }

  async start(): Promise<void> {
    this.#refuseWhenStopped();
    await this.#startOnPort();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#guard.close(stopTimeoutMs);
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #startOnPort(): Promise<void> {
    const { pid, password } = await this.#guard.request({ name: 'start', port: this.#port });
    this.#pid = pid;
    this.#password = password ?? '';
  }

  #refuseWhenStopped(): void {
    if (this.#stopping === undefined) return;
    throw new EmbeddedError(
      'server-stopped',
      'This server was stopped for good: start another one with startServer().',
    );
  }

  /** What the guard did not come to when it was killed. */
  async #cleanUpAfterGuard(): Promise<void> {
    const { dataDirectory, temporaryDirectory } = this.#configuration;
    const pid = this.#pid;
    this.#pid = undefined;
    if (pid !== undefined) {
      sendSignal(pid, 'SIGQUIT');
      if (!(await waitUntilGone([pid], 5_000))) await waitUntilGone(killTree(pid), 5_000);
    }
    if (temporaryDirectory === undefined) return;
    removeSharedMemory(dataDirectory);
    rmSync(temporaryDirectory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

function configurationOf(major: Major, options: StartServerOptions): GuardConfiguration {
  const account = serverAccount();
  const binaries = findBinaries(major, account);
  const temporaryDirectory = options.dataDirectory === undefined ? mkdtempSync(join(tmpdir(), 'pgque-')) : undefined;
  if (temporaryDirectory !== undefined && account) chownSync(temporaryDirectory, account.uid, account.gid);
  return {
    ...binaries,
    account,
    temporaryDirectory,
    dataDirectory:
      temporaryDirectory === undefined ? resolve(options.dataDirectory ?? '') : join(temporaryDirectory, 'data'),
    durable: options.durable ?? temporaryDirectory === undefined,
    settings: options.settings ?? {},
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
  };
}
