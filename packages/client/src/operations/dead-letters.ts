import type { DeadLetter, ReplayResult } from '../dead-letter.ts';
import * as queries from '../queries/dead-letters.ts';
import { nameOf, type QueueName } from '../typed/queue-definition.ts';
import { OperationsBase } from './operations-base.ts';

export interface PurgeOptions {
  /** Milliseconds since they came here; 0 deletes all. @default 2_592_000_000, which is 30 days */
  readonly olderThanMs?: number;
}

/** The dead letters: messages that were retried `maxRetries` times in vain. */
export class DeadLetters extends OperationsBase {
  /** The newest dead letters of a queue, at most `limit`. */
  inspect(queue: QueueName, limit = 100): Promise<DeadLetter[]> {
    return this.run(() => queries.inspect(nameOf(queue), limit));
  }

  /** Sends a dead letter to its queue again, as a new event for every consumer; returns the new id. */
  replay(deadLetterId: bigint): Promise<bigint> {
    return this.run(() => queries.replay(deadLetterId));
  }

  /** Sends all dead letters of a queue again; one that fails stays and does not stop the rest. */
  replayAll(queue: QueueName): Promise<ReplayResult> {
    return this.run(() => queries.replayAll(nameOf(queue)));
  }

  /** Deletes old dead letters of a queue and returns how many. */
  purge(queue: QueueName, options: PurgeOptions = {}): Promise<number> {
    return this.run(() => queries.purge(nameOf(queue), options.olderThanMs));
  }
}
