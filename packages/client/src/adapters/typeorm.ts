import type { Executor } from '../executor/executor.ts';
import { adapt, type Library } from './adapted-executor.ts';

/** An `EntityManager` of TypeORM. */
export interface TypeOrmManager {
  readonly queryRunner?: { readonly isTransactionActive: boolean } | undefined;
  query(text: string, values?: never[]): Promise<unknown>;
  transaction(work: never): Promise<unknown>;
}

const typeOrm: Library<TypeOrmManager> = {
  async query(manager, text, values) {
    const result = await manager.query(text, values as never[]);
    if (!Array.isArray(result)) return [];
    // What updates or deletes is answered with its rows and their count.
    return result.length === 2 && Array.isArray(result[0]) ? result[0] : result;
  },
  transaction: (manager, work) => manager.transaction(work as never) as ReturnType<typeof work>,
  isTransaction: ({ queryRunner }) => queryRunner?.isTransactionActive === true,
};

/**
 * An executor on a `DataSource` of TypeORM, or on an `EntityManager`, in its transaction if it is that of one: then
 * `transaction()` is its nested one. `native` is the entity manager.
 */
export function fromTypeOrm<Manager extends TypeOrmManager>(dataSource: {
  readonly manager: Manager;
}): Executor<Manager>;
export function fromTypeOrm<Manager extends TypeOrmManager>(manager: Manager): Executor<Manager>;
export function fromTypeOrm(handle: { readonly manager: TypeOrmManager } | TypeOrmManager): Executor<TypeOrmManager> {
  return adapt(typeOrm, 'manager' in handle ? handle.manager : handle);
}
