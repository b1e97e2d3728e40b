import knex, { type Knex } from 'knex';
import { fromKnex } from '../../src/adapters/knex.ts';
import { testAdapter } from './contract.ts';

testAdapter<Knex.Transaction>(async (url) => {
  const db = knex({ client: 'pg', connection: url });
  return {
    executor: fromKnex(db),
    from: fromKnex,
    transaction: (work) => db.transaction(work),
    write: async (tx, id) => await tx('invoices').insert({ id }),
    end: () => db.destroy(),
  };
});
