import postgres from 'postgres';
import { fromPostgres } from '../../src/adapters/postgres.ts';
import { testAdapter } from './contract.ts';

testAdapter<postgres.TransactionSql>(async (url) => {
  const sql = postgres(url, { onnotice: () => {} });
  return {
    executor: fromPostgres(sql),
    from: fromPostgres,
    transaction: (work) => sql.begin(work) as ReturnType<typeof work>,
    write: async (tx, id) => await tx`insert into invoices values (${id})`,
    end: () => sql.end(),
  };
});
