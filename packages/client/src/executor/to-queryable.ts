import { InvalidArgumentError } from '../errors/engine-errors.ts';
import { BorrowedExecutor } from './borrowed-executor.ts';
import type { Executor, Queryable } from './executor.ts';
import type { PgQueryable } from './pg-queryable.ts';

/** A connection of `pg` is wrapped; what an adapter made is one already. */
export function toQueryable(connection: PgQueryable | Executor): Queryable {
  if (isExecutor(connection)) return connection;
  if (typeof connection.query === 'function' && !('transaction' in connection)) return new BorrowedExecutor(connection);
  throw new InvalidArgumentError('invalid_argument', 'this is neither a connection of pg nor an executor', {
    hint: 'Make an executor of it with the adapter for its library, such as fromDrizzle(tx) of pgque/drizzle.',
  });
}

/** Databases of some libraries have a `query` and a `transaction` of their own. */
function isExecutor(connection: PgQueryable | Executor): connection is Executor {
  return 'transaction' in connection && 'close' in connection && !('manager' in connection);
}
