/**
 * What a statement may carry. Everything travels as text; the statement says the type by a cast, which for a boolean goes
 * through text, since there are drivers that would make something else of it.
 */
export type Parameter = string | null | readonly (string | null)[];

/** A row with its columns by name. Statements return text, numbers and booleans only; each is read by its own query. */
export type Row = Readonly<Record<string, unknown>>;

export interface ExecuteOptions {
  /** Milliseconds until the statement is given up, where the connection is ours. @default queryTimeoutMs of the client */
  readonly timeoutMs?: number;
  /** Whether values come as the driver parses them, for statements of the application. @default false */
  readonly isParsed?: boolean;
}

/** Where statements run. It rejects with a `PgqueError` only, and it settles. */
export interface Queryable {
  query(text: string, values: readonly Parameter[], options?: ExecuteOptions): Promise<readonly Row[]>;
}

/** One open transaction; `native` is what its driver, query builder or ORM calls a transaction. */
export interface TransactionExecutor<Native = unknown> extends Queryable {
  readonly native: Native;
  /**
   * Keeps what the work did when it returns, and undoes it when it throws, with what it threw; the transaction goes on. One
   * at a time, and statements of the work go to what it is given.
   */
  savepoint<Result>(work: (tx: TransactionExecutor<Native>) => Promise<Result>): Promise<Result>;
}

/** What a client stands on: each statement on any connection, transactions on one, and an end. */
export interface Executor<Native = unknown> extends Queryable {
  /**
   * Commits when the work returns and rolls back when it throws, with what it threw. Where the application has opened a
   * transaction already, it is a savepoint of that.
   */
  transaction<Result>(work: (tx: TransactionExecutor<Native>) => Promise<Result>): Promise<Result>;
  /** Takes no further calls and frees what this executor has opened; what the application has opened stays open. */
  close(timeoutMs?: number): Promise<void>;
}
