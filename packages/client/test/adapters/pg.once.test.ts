import { Client, Pool, type PoolClient } from 'pg';
import { describe } from 'vitest';
import { fromPg } from '../../src/adapters/pg.ts';
import { type OpenSubject, testAdapter } from './contract.ts';

const write = (connection: Client | PoolClient, id: number) =>
  connection.query('insert into invoices values ($1)', [id]);

/** How an application does it. */
async function inTransaction<Connection extends Client | PoolClient, Result>(
  connection: Connection,
  work: (tx: Connection) => Promise<Result>,
): Promise<Result> {
  await connection.query('begin');
  try {
    const result = await work(connection);
    await connection.query('commit');
    return result;
  } catch (error) {
    await connection.query('rollback');
    throw error;
  }
}

describe('a Pool', () => {
  testAdapter<PoolClient>(async (url) => {
    const pool = new Pool({ connectionString: url });
    pool.on('error', () => {});
    return {
      executor: fromPg(pool),
      from: fromPg,
      async transaction(work) {
        const connection = await pool.connect();
        try {
          return await inTransaction(connection, work);
        } finally {
          connection.release();
        }
      },
      write,
      end: () => pool.end(),
    };
  });
});

describe('a Client', () => {
  const open: OpenSubject<Client> = async (url) => {
    const connection = new Client(url);
    connection.on('error', () => {});
    await connection.connect();
    return {
      executor: fromPg(connection),
      from: fromPg,
      transaction: (work) => inTransaction(connection, work),
      write,
      end: () => connection.end(),
    };
  };
  testAdapter(open, { isLazy: false });
});
