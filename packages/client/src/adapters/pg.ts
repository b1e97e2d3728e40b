import { behindSavepoint } from '../executor/behind-savepoint.ts';
import type { Executor } from '../executor/executor.ts';
import { lastResult, type PgQueryable, toStatement } from '../executor/pg-queryable.ts';
import { type PgPool, type PgPoolClient, PoolExecutor } from '../executor/pool-executor.ts';
import { adapt, type Library } from './adapted-executor.ts';

const noActiveTransaction = '25P01';

const client: Library<PgQueryable> = {
  async query(connection, text, values, options) {
    return lastResult(await connection.query(toStatement(text, values, options))).rows;
  },
  async transaction(connection, work) {
    const query = (text: string): Promise<unknown> => connection.query({ text, values: [] });
    if (await isInTransaction(query)) return await behindSavepoint(query, () => work(connection));
    await query('begin');
    try {
      const result = await work(connection);
      await query('commit');
      return result;
    } catch (error) {
      await query('rollback').catch(() => {});
      throw error;
    }
  },
  isTransaction: () => true,
};

/** A connection does not tell whether somebody has begun a transaction on it. */
async function isInTransaction(query: (text: string) => Promise<unknown>): Promise<boolean> {
  try {
    await query('savepoint pgque');
  } catch (error) {
    if ((error as { code?: unknown }).code === noActiveTransaction) return false;
    throw error;
  }
  await query('release savepoint pgque');
  return true;
}

/** Of the ways to call `connect()` inference takes the last; here the one that gives a promise counts. */
type ClientOf<Pool> = Pool extends {
  connect: { (): Promise<infer Client extends PgPoolClient>; (callback: never): unknown };
}
  ? Client
  : PgPoolClient;

/**
 * An executor on a `Pool` of `pg`, or on one connection, a `Client` or `PoolClient`, in its transaction if it has begun one:
 * `transaction()` is a savepoint then. `native` is the connection.
 */
export function fromPg<Pool extends PgPool<PgPoolClient>>(pool: Pool): Executor<ClientOf<Pool>>;
export function fromPg<Client extends PgQueryable>(connection: Client): Executor<Client>;
export function fromPg(handle: PgPool<PgPoolClient> | PgQueryable): Executor<PgQueryable> {
  return 'totalCount' in handle ? new PoolExecutor(handle) : adapt(client, handle);
}
