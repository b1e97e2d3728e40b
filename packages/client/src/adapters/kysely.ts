import { behindSavepoint } from '../executor/behind-savepoint.ts';
import type { Executor } from '../executor/executor.ts';
import { adapt, type Library } from './adapted-executor.ts';
import { type KyselyQueryable, runOnKysely } from './kysely-statement.ts';

/** A `Kysely` or a `Transaction` of Kysely. */
export interface KyselyDatabase<Tx> extends KyselyQueryable {
  readonly isTransaction: boolean;
  transaction(): { execute<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> };
}

/** A `Transaction` of Kysely. */
export interface KyselyTransaction extends KyselyQueryable {
  readonly isTransaction: true;
}

interface KyselyHandle extends KyselyDatabase<KyselyHandle> {}

const kysely: Library<KyselyHandle> = {
  query: runOnKysely,
  async transaction(db, work) {
    if (!db.isTransaction) return await db.transaction().execute(work);
    return await behindSavepoint(
      (text) => runOnKysely(db, text, []),
      () => work(db),
    );
  },
  isTransaction: (db) => db.isTransaction,
};

/** An executor on a `Kysely`, or on its `Transaction`, where `transaction()` is a savepoint with the same `native`. */
export function fromKysely<Tx extends KyselyTransaction>(tx: Tx): Executor<Tx>;
export function fromKysely<Tx>(db: KyselyDatabase<Tx>): Executor<Tx>;
export function fromKysely(db: object): Executor<never> {
  return adapt(kysely, db as KyselyHandle) as Executor<object> as Executor<never>;
}
