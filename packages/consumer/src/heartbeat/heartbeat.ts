import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Client, ConnectOptions } from 'pgque';
import { unlessAborted } from '../aborted.ts';
import type { FromThread, HeartbeatData, HeartbeatTarget, ToThread } from './heartbeat-messages.ts';

/**
 * Keeps the batches of one member alive. The thread starts with the first batch. Without a direct connection, or when its
 * options cannot travel to a thread, beats are sent from here, and a handler that blocks the event loop can lose its batch.
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

  begin(onLost: () => void): void {
    this.#batch += 1;
    this.#onLost = onLost;
    this.#beater ??= this.#start();
    this.#post({ kind: 'begin', batch: this.#batch });
  }

  end(): void {
    this.#onLost = undefined;
    this.#post({ kind: 'end', batch: this.#batch });
  }

  /** Once the signal is aborted, nothing is waited for. */
  async close(over: AbortSignal): Promise<void> {
    this.end();
    const beater = await this.#beater;
    this.#beater = undefined;
    await beater?.close(over);
  }

  /** In the order of the calls, also while the thread starts. */
  #post(message: ToThread): void {
    void this.#beater?.then((beater) => beater.post(message));
  }

  async #start(): Promise<Beater> {
    const { direct, logger } = this.#client;
    const onLost = (batch: number): void => {
      if (batch === this.#batch) this.#onLost?.();
    };
    try {
      if (!direct) throw new Error('the client has no direct connection');
      return new ThreadBeater({ ...this.#target, direct: await toCloneable(direct) }, onLost, () => this.#replace());
    } catch (error) {
      logger.warn('heartbeats are sent from the main thread: a handler that blocks it may lose its batch', { error });
      return new LocalBeater(this.#client, this.#target, onLost);
    }
  }

  /** A thread has died. The next batch starts another; so does one that is open, after a while. */
  #replace(): void {
    this.#beater = undefined;
    const batch = this.#batch;
    const begin = (): void => {
      if (this.#onLost && this.#batch === batch) this.begin(this.#onLost);
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
  readonly #gone: Promise<void>;

  constructor(data: HeartbeatData, onLost: (batch: number) => void, onDead: () => void) {
    // Beside this file, with its extension: .ts in the repository, .js in the package.
    const file = new URL(`./heartbeat-thread${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(file, { workerData: data, name: 'pgque heartbeat' });
    this.#worker.on('message', ({ batch }: FromThread) => onLost(batch));
    this.#worker.on('error', onDead);
    this.#gone = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.unref();
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
