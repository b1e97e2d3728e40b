import { InvalidArgumentError } from '../errors/engine-errors.ts';
import type { Executor, Row } from '../executor/executor.ts';
import { adapt, type Library } from './adapted-executor.ts';
import { type PostgresRoot, verifyCommit } from './verify-commit.ts';

/** A `Sql` or `TransactionSql` of `postgres`. */
export type PostgresSql = PostgresRoot;

/** What its `begin` gives a transaction. */
export type PostgresTransactionOf<Sql> = Sql extends {
  begin: { (work: (tx: infer Tx) => infer _Result): unknown; (options: string, work: never): unknown };
}
  ? Tx
  : Sql;

export interface PostgresOptions {
  /** Milliseconds after which a statement is given up; after terminated backends `postgres` may not answer. @default 30_000 */
  readonly queryTimeoutMs?: number;
}

interface PostgresHandle extends PostgresSql {
  begin?<Result>(work: (tx: PostgresHandle) => Promise<Result>): Promise<Result>;
  savepoint?<Result>(work: (tx: PostgresHandle) => Promise<Result>): Promise<Result>;
}

const postgres: Library<PostgresHandle> = {
  // Without a name for the statement, so that it also goes through a pooler, whatever `prepare` says.
  async query(sql, text, values) {
    return (await sql.unsafe(text, values as never[])) as Row[];
  },
  async transaction(sql, work) {
    if (sql.savepoint) return await sql.savepoint(work);
    const { begin } = sql;
    if (!begin) {
      throw new InvalidArgumentError('invalid_argument', 'a reserved connection of postgres has no transactions', {
        hint: 'Give fromPostgres() the sql that it was reserved from, or that of sql.begin().',
      });
    }
    return await verifyCommit(sql, begin, (tx, text) => tx.unsafe(text), work);
  },
  isTransaction: (sql) => sql.savepoint !== undefined,
};

/** An executor on a `sql` of `postgres`, or on that of a transaction, where `transaction()` is its `savepoint()`. */
export function fromPostgres<Sql extends PostgresSql>(
  sql: Sql,
  { queryTimeoutMs = 30_000 }: PostgresOptions = {},
): Executor<PostgresTransactionOf<Sql>> {
  const executor: Executor<unknown> = adapt({ ...postgres, queryTimeoutMs }, sql);
  return executor as Executor<PostgresTransactionOf<Sql>>;
}
