import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ConnectOptions } from 'pgque';
import { unlessAborted } from '../aborted.ts';
import { flagsOfThread } from '../thread-flags.ts';
import type { Beater } from './beater.ts';
import type { FromThread, HeartbeatData, ToThread } from './heartbeat-messages.ts';

/** Sends beats from a thread. */
export class ThreadBeater implements Beater {
  readonly #worker: Worker;
  readonly #ready = Promise.withResolvers<void>();
  readonly #gone: Promise<void>;

  private constructor(data: HeartbeatData, onLost: (batch: number) => void, onDead: (error: unknown) => void) {
    // Beside this file, with its extension: .ts in the repository, .js in the package.
    const file = new URL(`./heartbeat-thread${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(file, { workerData: data, name: 'pgque heartbeat', ...flagsOfThread() });
    this.#gone = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    let isReady = false;
    this.#worker.on('message', (message: FromThread) => {
      if (message.kind === 'lost') return onLost(message.batch);
      isReady = true;
      this.#ready.resolve();
    });
    this.#worker.on('error', (error) => (isReady ? onDead(error) : this.#ready.reject(error)));
    this.#worker.unref();
  }

  /** Resolves when it is ready; rejects when it cannot be, where its file is not to be had or threads are not allowed. */
  static async start(
    direct: ConnectOptions,
    onLost: (batch: number) => void,
    onDead: (error: unknown) => void,
  ): Promise<ThreadBeater> {
    const beater = new ThreadBeater({ direct: await toCloneable(direct) }, onLost, onDead);
    const gone = beater.#gone.then(() => Promise.reject(new Error('the thread has ended before it was ready')));
    await Promise.race([beater.#ready.promise, gone]);
    return beater;
  }

  post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  async close(over: AbortSignal): Promise<void> {
    this.post({ kind: 'close' });
    const timer = setTimeout(() => void this.#worker.terminate(), 2000);
    await unlessAborted(over, this.#gone);
    clearTimeout(timer);
    await this.#worker.terminate();
  }
}

/** What a thread needs of the options; throws when that cannot be cloned, such as functions among those of TLS. */
async function toCloneable(options: ConnectOptions): Promise<ConnectOptions> {
  const { instrumentation: _instrumentation, logger: _logger, direct: _direct, password, ...rest } = options;
  return structuredClone({
    ...rest,
    ...(password === undefined ? {} : { password: typeof password === 'function' ? await password() : password }),
    applicationName: `${options.applicationName ?? 'pgque'} heartbeat`,
    maxConnections: 1,
  });
}
