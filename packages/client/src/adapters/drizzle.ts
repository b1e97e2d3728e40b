import type { Executor, Row } from '../executor/executor.ts';
import { adapt, type Library } from './adapted-executor.ts';

/** A database or a transaction of Drizzle on PostgreSQL. */
export interface DrizzleDatabase<Tx> {
  execute(query: string): PromiseLike<unknown>;
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}

interface DrizzleHandle extends DrizzleDatabase<DrizzleHandle> {
  rollback?: unknown;
}

const drizzle: Library<DrizzleHandle> = {
  async query(db, text, values) {
    const result = (await db.execute(toSql(text, values))) as Row[] | { rows: Row[] };
    // Depends on the driver below.
    return Array.isArray(result) ? result : result.rows;
  },
  transaction: (db, work) => db.transaction(work),
  isTransaction: (db) => db.rollback !== undefined,
};

/** What Drizzle asks of an `sql` of its own. Built by that, an array would become a list of values. */
function toSql(text: string, values: unknown[]): string {
  const sql = { getSQL: () => sql, toQuery: () => ({ sql: text, params: values }) };
  return sql as unknown as string;
}

/** An executor on a database of Drizzle, or on a transaction, where `transaction()` is its nested one. */
export function fromDrizzle<Tx>(db: DrizzleDatabase<Tx>): Executor<Tx> {
  return adapt(drizzle, db as DrizzleHandle) as Executor<unknown> as Executor<Tx>;
}
