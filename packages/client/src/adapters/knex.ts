import type { Executor } from '../executor/executor.ts';
import { lastResult, type PgQueryable, toStatement } from '../executor/pg-queryable.ts';
import { adapt, type Library } from './adapted-executor.ts';

/** A `Knex` or a `Knex.Transaction` on `pg`. */
export interface KnexDatabase<Tx> {
  readonly client: unknown;
  readonly isTransaction?: boolean;
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}

interface KnexHandle extends KnexDatabase<KnexHandle> {
  readonly client: {
    acquireConnection(): Promise<PgQueryable>;
    releaseConnection(connection: PgQueryable): Promise<void>;
  };
}

const knex: Library<KnexHandle> = {
  // Straight to the driver: raw() would take each ? in the text for the place of a value.
  async query({ client }, text, values, options) {
    const connection = await client.acquireConnection();
    try {
      return lastResult(await connection.query(toStatement(text, values, options))).rows;
    } finally {
      await client.releaseConnection(connection);
    }
  },
  transaction: (db, work) => db.transaction(work),
  isTransaction: (db) => db.isTransaction === true,
};

/** An executor on a `Knex`, or on its `Transaction`, where `transaction()` is its nested one. */
export function fromKnex<Tx>(db: KnexDatabase<Tx>): Executor<Tx> {
  return adapt(knex, db as KnexDatabase<unknown> as KnexHandle) as Executor<unknown> as Executor<Tx>;
}
