import type { Connection } from './connection.ts';
import type { Executor } from './executor.ts';

/** What a client stands on: each statement on any connection, transactions on one, and an end. */
export interface ConnectionPool extends Executor {
  /** Commits when the work returns and rolls back when it throws, with what it threw. */
  transaction<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Takes no further calls, waits for those in flight, then gives them up; nothing is open afterwards. */
  close(): Promise<void>;
}
