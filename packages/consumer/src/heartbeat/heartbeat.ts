import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Client, ConnectOptions } from 'pgque';
import { unlessAborted } from '../aborted.ts';
import { flagsOfThread } from '../thread-flags.ts';
import type { FromThread, HeartbeatData, HeartbeatTarget, ToThread } from './heartbeat-messages.ts';

/**
 * Keeps the batches of one member alive, from a thread. Without a direct connection, when its options cannot travel to a
 * thread, or when there can be none, beats are sent from here, and a handler that blocks the event loop can lose its batch.
 */
export class Heartbeat {
  readonly #client: Client;
  readonly #target: HeartbeatTarget;
  #beater: Promise<Beater> | undefined;
  #batch = 0;
  #onLost: (() => void) | undefined;

  constructor(client: Client, target: HeartbeatTarget) {
    this.#client = client;
    this.#target = target;
  }

  /** Starts the thread, so that the first batch need not wait for it. */
  start(): Promise<Beater> {
    this.#beater ??= this.#start();
    return this.#beater;
  }

  /** Resolves when the thread knows: before, a handler that blocks the event loop would hold it up. */
  async begin(onLost: () => void): Promise<void> {
    this.#batch += 1;
    this.#onLost = onLost;
    const batch = this.#batch;
    (await this.start()).post({ kind: 'begin', batch });
  }

  end(): void {
    this.#onLost = undefined;
    const batch = this.#batch;
    void this.#beater?.then((beater) => beater.post({ kind: 'end', batch }));
  }

  /** Once the signal is aborted, nothing is waited for. */
  async close(over: AbortSignal): Promise<void> {
    this.end();
    const beater = await this.#beater;
    this.#beater = undefined;
    await beater?.close(over);
  }

  async #start(): Promise<Beater> {
    const { direct, logger } = this.#client;
    const onLost = (batch: number): void => {
      if (batch === this.#batch) this.#onLost?.();
    };
    try {
      if (!direct) throw new Error('the client has no direct connection');
      const data = { ...this.#target, direct: await toCloneable(direct) };
      return await ThreadBeater.start(data, onLost, (error) => this.#replace(error));
    } catch (error) {
      logger.warn('heartbeats are sent from the main thread: a handler that blocks it may lose its batch', { error });
      return new LocalBeater(this.#client, this.#target, onLost);
    }
  }

  /** A thread has died. The next batch starts another; so does one that is open, after a while. */
  #replace(error: unknown): void {
    this.#client.logger.warn('the thread that sends heartbeats has ended; another takes its place', { error });
    this.#beater = undefined;
    const batch = this.#batch;
    const begin = (): void => {
      if (this.#onLost && this.#batch === batch) void this.begin(this.#onLost);
    };
    setTimeout(begin, this.#target.intervalMs).unref();
  }
}

/** Who sends the beats. */
interface Beater {
  post(message: ToThread): void;
  close(over: AbortSignal): Promise<void>;
}

class ThreadBeater implements Beater {
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
    data: HeartbeatData,
    onLost: (batch: number) => void,
    onDead: (error: unknown) => void,
  ): Promise<ThreadBeater> {
    const beater = new ThreadBeater(data, onLost, onDead);
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

class LocalBeater implements Beater {
  readonly #timer: NodeJS.Timeout;
  #open: number | undefined;

  constructor(client: Client, { queue, name, member, intervalMs }: HeartbeatTarget, onLost: (batch: number) => void) {
    this.#timer = setInterval(async () => {
      const batch = this.#open;
      if (batch === undefined) return;
      const touched = await client.touchSubconsumer(queue, name, member).catch(() => undefined);
      if (touched === 0 && this.#open === batch) onLost(batch);
    }, intervalMs);
    this.#timer.unref();
  }

  post(message: ToThread): void {
    if (message.kind === 'begin') this.#open = message.batch;
    else this.#open = undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
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
