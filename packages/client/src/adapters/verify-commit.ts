import { TransactionAbortedError } from '../errors/transaction-errors.ts';
import type { Row } from '../executor/executor.ts';

/** What `postgres` answers: rows, and the process that its connection was told to talk to. */
export interface PostgresResult extends ReadonlyArray<Row> {
  readonly state?: { readonly pid?: number };
}

/** A `sql` of `postgres`. */
export interface PostgresRoot {
  readonly options?: { readonly prepare?: boolean };
  unsafe(text: string, values?: never[]): PromiseLike<unknown>;
}

const probe = 'select pg_backend_pid() as pid, pg_current_xact_id_if_assigned()::text as xid';

/**
 * Makes sure that a transaction of `postgres` was committed. With `prepare: true` its `commit` is a prepared statement, and
 * behind a pooler the server that gets it may not know it: that rolls the transaction back, `postgres` tries once more, and
 * takes the answer for a commit. Where nothing is prepared, or nothing stands in between, it asks for nothing.
 */
export async function verifyCommit<Tx, Result>(
  sql: PostgresRoot,
  begin: (work: (tx: Tx) => Promise<Result>) => Promise<Result>,
  query: (tx: Tx, text: string) => PromiseLike<unknown>,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  if (sql.options?.prepare !== true) return await begin(work);
  let xid: unknown = null;
  const result = await begin(async (tx) => {
    const done = await work(tx);
    const answer = (await query(tx, probe)) as PostgresResult;
    const isPooled = answer.state?.pid !== answer[0]?.['pid'];
    if (isPooled) xid = answer[0]?.['xid'];
    return done;
  });
  if (xid === null) return result;
  const [row] = (await sql.unsafe('select pg_xact_status($1::text::xid8) as status', [xid as never])) as PostgresResult;
  if (row?.['status'] === 'committed') return result;
  throw new TransactionAbortedError({ hint: 'With a pooler in between, give postgres the option { prepare: false }.' });
}
