import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EmbeddedError } from './embedded-error.ts';
import type { GuardCommand, GuardMessage, GuardRequest, GuardResult } from './guard-messages.ts';

interface PendingRequest {
  resolve(result: GuardResult): void;
  reject(error: EmbeddedError): void;
}

/** This side of the channel to a guard. It keeps the event loop alive only while an answer is awaited. */
export class GuardChannel {
  readonly #guard: ChildProcess;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #closed: Promise<void>;
  readonly #onServerExit: () => void;
  #lastId = 0;

  constructor(onServerExit: () => void, onGuardCrash: () => Promise<void>) {
    this.#onServerExit = onServerExit;
    this.#guard = spawnGuard();
    this.#guard.on('message', (message: GuardMessage) => this.#receive(message));
    this.#closed = new Promise((resolve) => {
      const end = (isOrderly: boolean): void => {
        this.#failPending();
        resolve(isOrderly ? undefined : onGuardCrash());
      };
      this.#guard.once('exit', (code) => end(code === 0));
      this.#guard.once('error', () => end(false));
    });
    this.#guard.unref();
    this.#guard.channel?.unref();
  }

  request(command: GuardCommand): Promise<GuardResult> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#guard.channel?.ref();
      const request: GuardRequest = { id, command };
      const refuse = (error: Error | null): void => {
        if (error) this.#settle(id, (pending) => pending.reject(guardGone()));
      };
      if (this.#guard.connected) this.#guard.send(request, refuse);
      else refuse(new Error('disconnected'));
    });
  }

  /** Closes the channel, which ends server and guard, and waits for the guard's end. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#guard.connected) this.#guard.disconnect();
    this.#guard.ref();
    const timer = setTimeout(() => this.#guard.kill('SIGKILL'), timeoutMs);
    await this.#closed;
    clearTimeout(timer);
  }

  #receive(message: GuardMessage): void {
    if (message.kind === 'exited') this.#onServerExit();
    else if (message.kind === 'done') this.#settle(message.id, (pending) => pending.resolve(message.result));
    else {
      const { code, message: text, log } = message.failure;
      this.#settle(message.id, (pending) => pending.reject(new EmbeddedError(code, text, { log })));
    }
  }

  #settle(id: number, finish: (pending: PendingRequest) => void): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#guard.channel?.unref();
    finish(pending);
  }

  #failPending(): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id, (pending) => pending.reject(guardGone()));
  }
}

/** Its own session: a Ctrl-C in the terminal reaches the parent alone, which then decides. */
function spawnGuard(): ChildProcess {
  const file = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './guard.ts' : './guard.js', import.meta.url));
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...environment } = process.env;
  return spawn(process.execPath, [file], {
    cwd: '/',
    detached: true,
    env: environment,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

function guardGone(): EmbeddedError {
  return new EmbeddedError(
    'server-stopped',
    'The guard of this server has ended, and the server with it: start another server.',
  );
}
