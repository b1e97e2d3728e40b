import type { Parameter, Row } from '../executor/executor.ts';

/** One statement with the way to read its answer. */
export interface Statement<Result> {
  readonly text: string;
  readonly values: readonly Parameter[];
  read(rows: readonly Row[]): Result;
}

/** Reads the column `result` of the only row. */
export function single<Result>(decode: (value: unknown) => Result): (rows: readonly Row[]) => Result {
  return (rows) => decode(rows[0]?.['result']);
}

/** Reads every row. */
export function each<Result>(decode: (row: Row) => Result): (rows: readonly Row[]) => Result[] {
  return (rows) => rows.map(decode);
}
