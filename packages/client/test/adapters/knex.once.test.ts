import knex, { type Knex } from 'knex';
import { describe } from 'vitest';
import { fromKnex } from '../../src/adapters/knex.ts';
import { testAdapter } from './contract.ts';

/** What an application may have Knex do to names. */
const loud = (row: object) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toUpperCase(), value]));
const hooks: Knex.Config = {
  wrapIdentifier: (name, wrap) => wrap(name.toLowerCase()),
  postProcessResponse: (result) => (result.rows ? { ...result, rows: result.rows.map(loud) } : result),
};

describe.each([
  ['as it is', {}],
  ['with hooks for names', hooks],
])('%s', (_, config) => {
  testAdapter<Knex.Transaction>(async (url) => {
    // It would report what the tests do to its connections.
    const log = { warn: () => {}, error: () => {} };
    const db = knex({ client: 'pg', connection: url, log, ...config });
    return {
      executor: fromKnex(db),
      from: fromKnex,
      transaction: (work) => db.transaction(work),
      write: async (tx, id) => await tx('invoices').insert({ id }),
      end: () => db.destroy(),
    };
  });
});
