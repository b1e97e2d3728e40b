import type { Executor } from '../executor/executor.ts';
import { adapt, type Library } from './adapted-executor.ts';
import { type KyselyQueryable, runOnKysely } from './kysely-statement.ts';

/** An `EntityManager` of MikroORM 7 on PostgreSQL. */
export interface MikroOrmManager {
  getKysely(): KyselyQueryable;
  isInTransaction(): boolean;
  transactional(work: never): Promise<unknown>;
}

const mikroOrm: Library<MikroOrmManager> = {
  query: (em, text, values) => runOnKysely(em.getKysely(), text, values),
  transaction: (em, work) => em.transactional(work as never) as ReturnType<typeof work>,
  isTransaction: (em) => em.isInTransaction(),
};

/**
 * An executor on an `EntityManager` of MikroORM, in its transaction if it is in one: then `transaction()` is its nested one.
 * `native` is the entity manager of the transaction, which is flushed before the commit.
 */
export function fromMikroOrm<Manager extends MikroOrmManager>(em: Manager): Executor<Manager> {
  return adapt(mikroOrm, em) as Executor<MikroOrmManager> as Executor<Manager>;
}
