import type { ExecuteOptions, Row } from './executor.ts';

/** A statement as `pg` takes it. */
export interface PgStatement {
  /** Of a statement that the connection parses once. */
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
  readonly types?: { getTypeParser(oid: number, format?: string): (value: string) => unknown };
}

/** A `Client`, `PoolClient` or `Pool` of `pg`. */
export interface PgQueryable {
  query(statement: PgStatement): Promise<PgResult | PgResult[]>;
}

export interface PgResult {
  readonly command: string;
  readonly rows: Row[];
}

const asIs = (value: string): unknown => value;

/** Columns arrive as the text that the server sent, whatever parsers the application has set. */
const textOnly = { getTypeParser: () => asIs };

export function toStatement(text: string, values: readonly unknown[], options: ExecuteOptions): PgStatement {
  return options.isParsed ? { text, values: [...values] } : { text, values: [...values], types: textOnly };
}

/** Several statements in one text give several results; the last one counts. */
export function lastResult(result: PgResult | PgResult[]): PgResult {
  if (!Array.isArray(result)) return result;
  return result.at(-1) ?? { command: '', rows: [] };
}
