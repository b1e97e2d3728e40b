import { BorrowedExecutor } from './borrowed-executor.ts';
import type { Executor, Queryable } from './executor.ts';
import type { PgQueryable } from './pg-queryable.ts';

/** A connection of `pg` is wrapped; what an adapter made is one already. */
export function toQueryable(connection: PgQueryable | Executor): Queryable {
  return 'transaction' in connection ? connection : new BorrowedExecutor(connection);
}
