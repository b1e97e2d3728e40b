import { extname } from 'node:path';
import {
  MessageChannel,
  type MessagePort,
  type ResourceLimits,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { flagsOfThread } from '@pgque/consumer';
import { PoolError } from '../pool-error.ts';
import type { FromThread, SentMessage, Setup, ToThread } from '../thread-messages.ts';
import { decodeError } from './decode-error.ts';

export interface ThreadOptions {
  /** How the thread is called, in `ps` and in debuggers. */
  readonly name: string;
  readonly handlers: URL;
  readonly wantsResults: boolean;
  readonly loadTimeoutMs: number;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly workerData: unknown;
}

/** What a thread tells its slot. */
export interface ThreadListener {
  done(id: number, result: unknown): void;
  failed(id: number, error: unknown): void;
  aborting(id: number): void;
}

/** How a thread ended: with its error if it had one, an exit code, or because it was told to. */
export interface ThreadEnd {
  readonly exitCode: number;
  readonly error: unknown;
}

/** One worker thread with the handlers in it, from its start to its end. It is never used again. */
export class Thread {
  /** Resolves when the thread has ended, after all that it had said was heard. */
  readonly gone: Promise<ThreadEnd>;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #loaded = Promise.withResolvers<readonly string[]>();
  #listener: ThreadListener | undefined;
  #error: unknown;

  private constructor(options: ThreadOptions) {
    const { name, handlers, wantsResults, resourceLimits, workerData } = options;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    // Beside the folder of this file, with its extension: .ts in the repository, .js in the package.
    const file = new URL(`../thread/thread-main${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(file, {
      name,
      workerData,
      ...(resourceLimits && { resourceLimits }),
      ...flagsOfThread(),
    });
    const setup: Setup = { port: port2, handlers: handlers.href, wantsResults };
    this.#worker.postMessage(setup, [port2]);
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    port1.on('message', (message: FromThread) => this.#hear(message));
    port1.on('messageerror', () => void this.terminate());
    this.gone = new Promise((resolve) => {
      this.#worker.once('exit', (exitCode) => {
        this.catchUp();
        port1.close();
        resolve({ exitCode, error: this.#error });
      });
    });
  }

  /**
   * Resolves when the handlers are loaded; rejects with their error when they cannot be, or when the signal is aborted, and
   * then the thread is gone.
   */
  static async load(
    options: ThreadOptions,
    signal: AbortSignal,
  ): Promise<{ readonly thread: Thread; readonly types: readonly string[] }> {
    const thread = new Thread(options);
    const loaded = thread.#loaded;
    const { loadTimeoutMs } = options;
    const late = (): void => loaded.reject(unloaded(`the handlers were not loaded within ${loadTimeoutMs} ms`));
    const timer = setTimeout(late, loadTimeoutMs);
    const giveUp = (): void => loaded.reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    void thread.gone.then(({ exitCode, error }) =>
      loaded.reject(error ?? unloaded(`the thread ended with code ${exitCode} before its handlers were loaded`)),
    );
    try {
      return { thread, types: await loaded.promise };
    } catch (error) {
      await thread.terminate();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  get threadId(): number {
    return this.#worker.threadId;
  }

  listen(listener: ThreadListener): void {
    this.#listener = listener;
  }

  /** Hears at once what the thread has said so far: when this process was busy, a timer is due before that is heard. */
  catchUp(): void {
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port)) {
      this.#hear(next.message);
    }
  }

  /** Throws when the message cannot be cloned. */
  run(id: number, message: SentMessage): void {
    this.#post({ kind: 'run', id, message });
  }

  abort(id: number, reason: string): void {
    this.#post({ kind: 'abort', id, reason });
  }

  /**
   * Asks the thread to end itself, and ends it from outside when it does not in time: what native code is in the middle of
   * does not survive that everywhere.
   */
  async close(timeoutMs: number): Promise<ThreadEnd> {
    this.#post({ kind: 'close' });
    const timer = setTimeout(() => void this.terminate(), timeoutMs);
    const end = await this.gone;
    clearTimeout(timer);
    return end;
  }

  async terminate(): Promise<ThreadEnd> {
    await this.#worker.terminate();
    return await this.gone;
  }

  #post(message: ToThread): void {
    this.#port.postMessage(message);
  }

  #hear(message: FromThread): void {
    const { kind } = message;
    if (kind === 'ready') this.#loaded.resolve(message.types);
    else if (kind === 'unloadable') this.#loaded.reject(decodeError(message.error));
    else if (kind === 'done') this.#listener?.done(message.id, message.result);
    else if (kind === 'failed') this.#listener?.failed(message.id, decodeError(message.error));
    else this.#listener?.aborting(message.id);
  }
}

function unloaded(message: string): PoolError {
  return new PoolError('handlers_not_loaded', message);
}
