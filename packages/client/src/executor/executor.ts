/** What a statement may carry. Everything travels as text; the statement says the type by a cast. */
export type Parameter = string | null | readonly (string | null)[];

/** A row with its columns by name. Statements return text, numbers and booleans only; each is read by its own query. */
export type Row = Readonly<Record<string, unknown>>;

export interface ExecuteOptions {
  /** Milliseconds until the statement is given up. @default queryTimeoutMs of the client */
  readonly timeoutMs?: number;
}

/**
 * Where statements run. It rejects with errors of this package only, and it settles. Without values a text may hold
 * several statements; the rows are those of the last.
 */
export interface Executor {
  query(text: string, values: readonly Parameter[], options?: ExecuteOptions): Promise<readonly Row[]>;
}
