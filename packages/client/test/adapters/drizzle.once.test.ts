import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { integer, pgTable } from 'drizzle-orm/pg-core';
import { drizzle as drizzleOnPostgres, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { describe } from 'vitest';
import { fromDrizzle } from '../../src/adapters/drizzle.ts';
import { openPool } from '../open-pool.ts';
import { testAdapter } from './contract.ts';
import type { OpenSubject } from './subject.ts';

const invoices = pgTable('invoices', { id: integer().primaryKey() });

type TransactionOf<Database> = Database extends { transaction(work: (tx: infer Tx) => infer _Result): unknown }
  ? Tx
  : never;

describe('on pg', () => {
  testAdapter<TransactionOf<NodePgDatabase>>(async (url) => {
    const pool = openPool(url);
    const db = drizzle({ client: pool });
    return {
      executor: fromDrizzle(db),
      from: fromDrizzle,
      transaction: (work) => db.transaction(work),
      write: async (tx, id) => await tx.insert(invoices).values({ id }),
      end: () => pool.end(),
    };
  });
});

describe('on postgres', () => {
  const open: OpenSubject<TransactionOf<PostgresJsDatabase>> = async (url) => {
    const sql = postgres(url, { onnotice: () => {} });
    const db = drizzleOnPostgres({ client: sql });
    return {
      executor: fromDrizzle(db),
      from: fromDrizzle,
      transaction: (work) => db.transaction(work),
      write: async (tx, id) => await tx.insert(invoices).values({ id }),
      end: () => sql.end(),
    };
  };
  testAdapter(open, { isPooled: false });
});
