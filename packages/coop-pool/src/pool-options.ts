import type { ResourceLimits } from 'node:worker_threads';
import type { AnyQueue, ConsumerOptions, Duration } from '@pgque/consumer';
import type { Message } from 'pgque';

/** Those of a consumer, as far as they make sense for a pool, and its own. */
export interface PoolOptions<Queue extends AnyQueue = string>
  extends Omit<ConsumerOptions<Queue, 'at-least-once'>, 'mode' | 'members'> {
  /** The file that each thread loads, in JavaScript or TypeScript: `new URL('./handlers.js', import.meta.url)`. */
  readonly handlers: URL | string;
  /** How many threads; each is a member of the consumer. @default as many as there are cores */
  readonly threads?: number;
  /**
   * How the members are called: this, and the number of the thread. No other process may use it at the same time; one that
   * is started again under the same name has its unfinished messages at once. @default a name that nobody else has
   */
  readonly member?: string;
  /** How long a handler that was told to end may go on until its thread is replaced. @default '1s' */
  readonly abortGrace?: Duration;
  /** Messages after which a thread is replaced by a fresh one. @default never */
  readonly recycleAfter?: number;
  /** Memory that a thread may use, in MB, such as `{ maxOldGenerationSizeMb: 256 }`. @default as Node has it */
  readonly resourceLimits?: ResourceLimits;
  /** How long a thread may take to load the handlers. @default '30s' */
  readonly loadTimeout?: Duration;
  /** What the threads find as `workerData` of `node:worker_threads`. @default nothing */
  readonly workerData?: unknown;
  /**
   * Called here, in the parent, with what a handler has returned, before its message is done: when it throws, the message
   * comes back. Without it what handlers return stays in their threads.
   */
  readonly onResult?: (message: Message, result: unknown) => unknown;
}
