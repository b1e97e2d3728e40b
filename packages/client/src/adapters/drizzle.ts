import type { Executor, Row } from '../executor/executor.ts';
import { adapt, type Library } from './adapted-executor.ts';
import { type PostgresRoot, verifyCommit } from './verify-commit.ts';

/** A database or a transaction of Drizzle on PostgreSQL. */
export interface DrizzleDatabase<Tx> {
  execute(query: string): PromiseLike<unknown>;
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}

interface DrizzleHandle extends DrizzleDatabase<DrizzleHandle> {
  readonly rollback?: unknown;
  /** The driver. */
  readonly $client?: object;
}

const drizzle: Library<DrizzleHandle> = {
  async query(db, text, values) {
    const result = (await db.execute(toSql(text, values))) as Row[] | { rows: Row[] };
    // Depends on the driver below.
    return Array.isArray(result) ? result : result.rows;
  },
  async transaction(db, work) {
    const { $client } = db;
    const begin = (run: typeof work): ReturnType<typeof work> => db.transaction(run);
    if (!isPostgres($client)) return await begin(work);
    return await verifyCommit($client, begin, (tx, text) => tx.execute(text), work);
  },
  isTransaction: (db) => db.rollback !== undefined,
};

function isPostgres(driver: object | undefined): driver is PostgresRoot {
  return driver !== undefined && 'unsafe' in driver;
}

/** What Drizzle asks of an `sql` of its own. Built by that, an array would become a list of values. */
function toSql(text: string, values: unknown[]): string {
  const sql = { getSQL: () => sql, toQuery: () => ({ sql: text, params: values }) };
  return sql as unknown as string;
}

/** An executor on a database of Drizzle, or on a transaction, where `transaction()` is its nested one. */
export function fromDrizzle<Tx>(db: DrizzleDatabase<Tx>): Executor<Tx> {
  return adapt(drizzle, db as DrizzleHandle) as Executor<unknown> as Executor<Tx>;
}
