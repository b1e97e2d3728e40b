import type { Message } from 'pgque';
import type { Duration } from './duration.ts';
import type { RetryPolicy } from './retry/retry-policy.ts';

export type Mode = 'at-least-once' | 'exactly-once';

export interface ConsumerOptions<Queue = string, M extends Mode = Mode> {
  /** A name, or what `defineQueue` made: then handlers are typed, and payloads are looked at before a handler sees them. */
  readonly queue: Queue;
  /** Name of the consumer: each name sees every event. */
  readonly name: string;
  /**
   * `at-least-once`: handlers run outside a transaction, then one call acknowledges and gives back. `exactly-once`: the
   * batch, its handlers and its acknowledgement share a transaction, which is open for as long as the handlers take.
   * @default 'at-least-once'
   */
  readonly mode?: M;
  /**
   * Where a consumer that is not subscribed yet begins. Without it the consumer must be subscribed already.
   * @default an error at the start
   */
  readonly startAt?: 'latest' | 'earliest' | Date;
  /** Messages in a batch at most: what is held in memory, and repeated after a crash. @default 100 */
  readonly maxMessages?: number;
  /** Handlers that run at once. @default 1 */
  readonly concurrency?: number;
  /** Messages of one key run one after the other, in their order. @default with a concurrency above 1 in no order */
  readonly orderBy?: (message: Message) => unknown;
  /**
   * `'auto'`: each process is a member of its own, and the messages are shared out among them. Another text is the name
   * of this member, which no other process may have. @default one process works and the others stand by
   */
  readonly members?: string;
  /**
   * How long a process must be silent, because it is frozen or cut off, until its work goes to another: with `members` its
   * batch; else its place, which also falls to another when a handler blocks the event loop for so long, and in the mode
   * `exactly-once` its transaction, which is rolled back. @default '30s'
   */
  readonly deadInterval?: Duration;
  /** When a message comes back after its handler threw. @default exponential(): 1 s, 2 s, 4 s … 10 min */
  readonly retry?: RetryPolicy;
  /** How long a handler may take. @default no limit */
  readonly handlerTimeout?: Duration;
  /** What becomes of messages that no handler takes. @default 'nack' */
  readonly unknownHandlerPolicy?: 'nack' | 'ack';
  /** How often the server is asked when notifications do not arrive, and by members. @default '1s' */
  readonly pollInterval?: Duration;
  /** How often it is asked although they do. @default '30s' */
  readonly idlePollInterval?: Duration;
  /** How long `stop()` waits for handlers and for the last word of the server, all told. @default '30s' */
  readonly stopTimeout?: Duration;
}
