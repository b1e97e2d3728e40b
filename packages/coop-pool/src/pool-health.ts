/**
 * Where a pool is in its life.
 *
 *   idle -> starting -> working -> stopping -> stopped
 *                    -> failed  -> failed
 */
export type PoolState =
  | 'idle'
  /** Loading the handlers, and joining the consumer. */
  | 'starting'
  /** Taking messages, or waiting for some. */
  | 'working'
  /** It takes no more and finishes what it has. */
  | 'stopping'
  | 'stopped'
  /** The start was refused, or the handlers can no longer be loaded; see the error. */
  | 'failed';

/**
 * What a thread is doing.
 *
 *   idle -> loading -> ready -> emptying -> recycling -> loading …
 *                   -> failed  any -> replacing -> loading …
 *   any -> closing -> closed
 */
export type ThreadState =
  | 'idle'
  /** It is started and loads the handlers. */
  | 'loading'
  /** It takes messages. */
  | 'ready'
  /** What runs may finish, nothing is added: it is due for recycling, or has a handler that does not end when it is told to. */
  | 'emptying'
  /** It is closing, and another will take its place at once. */
  | 'recycling'
  /** It died, and another will take its place after a pause, which grows until a message is handled again. */
  | 'replacing'
  /** The handlers could not be loaded, several times in a row. */
  | 'failed'
  | 'closing'
  | 'closed';

export interface ThreadHealth {
  /** The member that the thread works for. */
  readonly name: string;
  readonly state: ThreadState;
  /** As in `node:worker_threads`; `null` while there is no thread. */
  readonly threadId: number | null;
  /** Handlers that run in it. */
  readonly running: number;
  /** How often a thread died here, whatever of. */
  readonly deaths: number;
  /** What the last one died of, or why there is none. */
  readonly lastError: unknown;
}

export interface PoolHealth {
  /** Whether messages are handled, or would be if there were any: the server answers, and a thread is there. */
  readonly isHealthy: boolean;
  readonly state: PoolState;
  /** What the pool has failed with, or what its consumer is recovering from. */
  readonly lastError: unknown;
  readonly threads: readonly ThreadHealth[];
  /** Messages acknowledged, given back, and put to the dead letters since the start. */
  readonly acked: number;
  readonly retried: number;
  readonly dead: number;
}
