import { CamelCasePlugin, Kysely, PostgresDialect, type Transaction } from 'kysely';
import { describe } from 'vitest';
import { fromKysely } from '../../src/adapters/kysely.ts';
import { openPool } from '../open-pool.ts';
import { testAdapter } from './contract.ts';

interface Tables {
  invoices: { id: number };
}

describe.each([
  ['as it is', []],
  ['with names in camel case', [new CamelCasePlugin()]],
])('%s', (_, plugins) => {
  testAdapter<Transaction<Tables>>(async (url) => {
    const pool = openPool(url);
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins });
    return {
      executor: fromKysely(db),
      from: fromKysely,
      transaction: (work) => db.transaction().execute(work),
      write: (tx, id) => tx.insertInto('invoices').values({ id }).execute(),
      end: () => db.destroy(),
    };
  });
});
