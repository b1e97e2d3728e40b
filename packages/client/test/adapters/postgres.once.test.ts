import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { fromPostgres, type PostgresSql } from '../../src/adapters/postgres.ts';
import { createClient, InvalidArgumentError, QueryTimeoutError, TransactionEndedError } from '../../src/index.ts';
import { testAdapter } from './contract.ts';
import type { OpenSubject } from './subject.ts';

const open =
  (options: NonNullable<Parameters<typeof postgres>[1]>): OpenSubject<postgres.TransactionSql> =>
  async (url) => {
    const sql = postgres(url, { onnotice: () => {}, ...options });
    return {
      executor: fromPostgres(sql),
      from: fromPostgres,
      transaction: (work) => sql.begin(work) as ReturnType<typeof work>,
      write: async (tx, id) => await tx`insert into invoices values (${id})`,
      end: () => sql.end(),
    };
  };

// A transaction that loses its connection costs the pool a connection for good, and throws where nobody can catch it.
const isPooled = false;

describe('as it is', () => {
  testAdapter(open({}), { isPooled });
});

describe('with names in camel case, and without prepared statements', () => {
  testAdapter(open({ transform: postgres.camel, prepare: false, fetch_types: false }), { isPooled });
});

/** A `sql` whose transactions the test begins and ends. */
function openStandIn() {
  const begun = Promise.withResolvers<() => Promise<unknown>>();
  const outcome = Promise.withResolvers<never>();
  const sql = {
    unsafe: async (): Promise<unknown[]> => [],
    begin(work: (sql: PostgresSql) => Promise<unknown>) {
      begun.resolve(() => work(sql));
      return outcome.promise;
    },
  };
  return { sql, begun: begun.promise, lose: outcome.reject };
}

test('a pool that has stopped to answer makes calls fail, and nothing begins later', async () => {
  const { sql, begun } = openStandIn();
  sql.unsafe = () => new Promise(() => {});
  const client = createClient(fromPostgres(sql, { queryTimeoutMs: 50 }));
  await expect(client.version()).rejects.toThrow(QueryTimeoutError);
  await expect(client.transaction(async () => expect.unreachable())).rejects.toThrow(QueryTimeoutError);
  const begin = await begun;
  await expect(begin()).rejects.toThrow(TransactionEndedError);
});

test('a transaction whose connection was lost takes no further statement, which would run outside of it', async () => {
  const { sql, begun, lose } = openStandIn();
  const loss = new Error('CONNECTION_CLOSED');
  const isLost = Promise.withResolvers<void>();
  const outcome = createClient(fromPostgres(sql)).transaction(async (tx) => {
    await tx.query('select 1');
    await isLost.promise;
    await tx.query('select 1');
  });
  const begin = await begun;
  const work = begin();
  lose(loss);
  await expect(outcome).rejects.toMatchObject({ code: 'connection_lost', cause: loss });
  isLost.resolve();
  await expect(work).rejects.toThrow(TransactionEndedError);
});

test('a reserved connection has no transactions, and says so', async () => {
  const client = createClient(fromPostgres({ unsafe: async () => [] }));
  await expect(client.transaction(async () => 1)).rejects.toThrow(InvalidArgumentError);
});
