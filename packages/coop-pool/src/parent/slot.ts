import { Backoff, RetryLaterError } from '@pgque/consumer';
import type { Logger } from 'pgque';
import { PoolError } from '../pool-error.ts';
import type { ThreadHealth, ThreadState } from '../pool-health.ts';
import type { SentMessage } from '../thread-messages.ts';
import { Task } from './task.ts';
import { Thread, type ThreadEnd, type ThreadOptions } from './thread.ts';

export interface SlotOptions {
  readonly thread: ThreadOptions;
  readonly concurrency: number;
  readonly handlerTimeoutMs: number | undefined;
  readonly abortGraceMs: number;
  readonly recycleAfter: number;
  readonly logger: Logger;
  /** The handlers cannot be loaded, and trying again will not help. */
  readonly onFailed: (error: unknown) => void;
}

const loadTries = 3;
/** For a thread that is replaced to close what it has opened. */
const closeMs = 2000;

/**
 * A place for a thread that outlives its threads. Every message that it takes comes to an end: as its handler does, or with
 * an error when the handler took too long or its thread died. A death costs the message that caused it one attempt; when
 * several ran at once, nobody knows which it was, so they run again, one at a time.
 */
export class Slot {
  readonly #options: SlotOptions;
  readonly #backoff = new Backoff(100, 5000);
  readonly #closing = new AbortController();
  readonly #running = new Map<number, Task>();
  #waiting: Task[] = [];
  #state: ThreadState = 'idle';
  #thread: Thread | undefined;
  #types: readonly string[] = [];
  #nextId = 0;
  /** By this thread. */
  #handled = 0;
  #deaths = 0;
  #lastError: unknown;
  #onIdle: (() => void) | undefined;
  /** Brings a thread into the slot. */
  #filling: Promise<void> | undefined;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  get health(): ThreadHealth {
    return {
      name: this.#options.thread.name,
      state: this.#state,
      threadId: this.#thread?.threadId ?? null,
      running: this.#running.size,
      deaths: this.#deaths,
      lastError: this.#lastError,
    };
  }

  /** Starts the first thread; answers the types of events that it has handlers for. Rejects when it cannot be loaded. */
  async open(): Promise<readonly string[]> {
    this.#filling = this.#fill();
    await this.#filling;
    if (this.#state === 'failed') throw this.#lastError;
    return this.#types;
  }

  /** What the handler of this message returns. Rejects when it throws, or cannot finish; see the class. */
  run(message: SentMessage, signal: AbortSignal): Promise<unknown> {
    const task = new Task(message, signal);
    if (this.#isOver) task.reject(this.#released());
    else this.#waiting.push(task);
    this.#pump();
    return task.result;
  }

  /** Ends the thread within this time, and everything that still runs in it. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#state !== 'failed') this.#state = 'closing';
    this.#closing.abort();
    for (const task of this.#waiting.splice(0)) task.reject(this.#released());
    const endsAt = performance.now() + timeoutMs;
    const timer = setTimeout(() => void this.#thread?.terminate(), timeoutMs);
    await this.#idle();
    await this.#thread?.close(Math.max(0, endsAt - performance.now()));
    clearTimeout(timer);
    await this.#filling;
    if (this.#state !== 'failed') this.#state = 'closed';
  }

  /** When no handler runs any more: those that are told to end do, or lose their thread. */
  async #idle(): Promise<void> {
    if (this.#running.size === 0) return;
    const idle = Promise.withResolvers<void>();
    this.#onIdle = idle.resolve;
    await idle.promise;
  }

  get #isOver(): boolean {
    return this.#closing.signal.aborted || this.#state === 'failed';
  }

  async #fill(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(100, 1000);
    for (let failures = 0; !signal.aborted; ) {
      this.#state = 'loading';
      try {
        const { thread, types } = await Thread.load(this.#options.thread, signal);
        this.#types = types;
        return this.#adopt(thread);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        this.#lastError = error;
        if (failures === loadTries) return this.#fail(error);
        await backoff.pause(signal);
      }
    }
  }

  #adopt(thread: Thread): void {
    this.#thread = thread;
    this.#handled = 0;
    this.#state = 'ready';
    thread.listen({
      done: (id, result) => this.#settle(id, (task) => task.resolve(result)),
      failed: (id, error) => this.#settle(id, (task) => task.reject(error)),
      aborting: (id) => this.#running.get(id)?.noteAborting(),
    });
    void thread.gone.then((end) => this.#bury(end));
    this.#pump();
  }

  #fail(error: unknown): void {
    this.#state = 'failed';
    for (const task of this.#waiting.splice(0)) task.reject(this.#released());
    this.#options.onFailed(error);
  }

  #pump(): void {
    while (this.#state === 'ready' && this.#running.size < this.#options.concurrency) {
      const [next] = this.#waiting;
      if (!next) return;
      // Who is suspected of having killed a thread runs alone.
      const isAlone = next.isSuspect || this.#running.values().some(({ isSuspect }) => isSuspect);
      if (isAlone && this.#running.size > 0) return;
      this.#waiting.shift();
      this.#start(next);
    }
  }

  #start(task: Task): void {
    const { signal } = task;
    const id = this.#nextId++;
    try {
      signal.throwIfAborted();
      this.#thread?.run(id, task.message);
    } catch (error) {
      // Nobody waits for it any more, or its payload cannot be cloned.
      task.reject(error);
      return;
    }
    this.#running.set(id, task);
    task.onAbort(() => this.#cut(id, task, toError(signal.reason)));
    const { handlerTimeoutMs } = this.#options;
    if (handlerTimeoutMs === undefined) return;
    const late = new PoolError('handler_timeout', `the handler took longer than ${handlerTimeoutMs} ms`);
    task.after(handlerTimeoutMs, () => this.#cut(id, task, late));
  }

  /** Tells a handler to end, and sees to it that it does. */
  #cut(id: number, task: Task, reason: Error): void {
    this.#thread?.catchUp();
    if (task.cutShort || this.#running.get(id) !== task) return;
    task.cutShort = reason;
    this.#thread?.abort(id, reason.message);
    task.after(this.#options.abortGraceMs, () => this.#evict(id, task));
  }

  /** It has not ended. When the thread has not even heard of it, it is blocked; else only this handler goes on regardless. */
  #evict(id: number, task: Task): void {
    this.#thread?.catchUp();
    if (this.#running.get(id) !== task) return;
    if (!task.isAborting) {
      if (!this.#isOver) this.#state = 'replacing';
      void this.#thread?.terminate();
      return;
    }
    this.#lastError = task.cutShort;
    this.#settle(id, () => task.reject(task.cutShort));
    this.#retire();
  }

  #settle(id: number, end: (task: Task) => void): void {
    const task = this.#running.get(id);
    if (!task) return;
    this.#running.delete(id);
    end(task);
    this.#handled += 1;
    this.#backoff.reset();
    if (this.#running.size === 0) this.#onIdle?.();
    if (this.#state === 'emptying' || this.#handled >= this.#options.recycleAfter) this.#retire();
    this.#pump();
  }

  /** The thread gets no more messages, and is replaced when those that it has are done. */
  #retire(): void {
    if (this.#state !== 'ready' && this.#state !== 'emptying') return;
    this.#state = this.#running.size > 0 ? 'emptying' : 'recycling';
    if (this.#state === 'recycling') void this.#thread?.close(closeMs);
  }

  /** The thread has ended, whoever ended it. */
  #bury({ exitCode, error }: ThreadEnd): void {
    this.#thread = undefined;
    const wasRecycled = this.#state === 'recycling';
    const death = new PoolError('thread_ended', describeEnd(exitCode, error), { cause: error });
    const [wanted, unwanted] = this.#takeRunning();
    for (const task of unwanted) task.reject(death);
    if (this.#isOver || wanted.length === 1) for (const task of wanted) task.reject(death);
    else this.#waiting.unshift(...wanted.map((task) => task.suspect()));
    this.#onIdle?.();
    if (this.#isOver) return;
    this.#state = 'replacing';
    if (wasRecycled) {
      this.#filling = this.#fill();
      return;
    }
    this.#deaths += 1;
    this.#lastError = death;
    const { logger, thread } = this.#options;
    logger.warn('a thread has died; another takes its place', { thread: thread.name, error: death });
    this.#filling = this.#backoff.pause(this.#closing.signal).then(() => this.#fill());
  }

  /** What ran in a thread that is gone: what somebody waits for, and the rest. */
  #takeRunning(): [wanted: readonly Task[], unwanted: readonly Task[]] {
    const tasks = [...this.#running.values()];
    this.#running.clear();
    const isWanted = ({ signal }: Task): boolean => !signal.aborted;
    return [tasks.filter(isWanted), tasks.filter((task) => !isWanted(task))];
  }

  /** Not to be blamed on the message: it comes again at once, to whoever is there. */
  #released(): Error {
    return new RetryLaterError(0, 'its thread was gone before it began', { cause: this.#lastError });
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function describeEnd(exitCode: number, error: unknown): string {
  if (error instanceof Error) return `the thread died: ${error.message || error.name}`;
  if (error !== undefined) return `the thread died: ${String(error)}`;
  return `the thread ended with exit code ${exitCode}`;
}
