import { openTestDatabase } from '@pgque/testing';
import { Client, Pool, type PoolClient, types } from 'pg';
import { describe, expect, test } from 'vitest';
import { fromPg } from '../../src/adapters/pg.ts';
import { createClient } from '../../src/index.ts';
import { openPool } from '../open-pool.ts';
import { testAdapter } from './contract.ts';
import type { OpenSubject } from './subject.ts';

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
    const pool = openPool(url);
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
  testAdapter(open, { isLazy: false, isPooled: false });
});

test('the parsers of the application count for its own statements, and are not changed', async () => {
  const { url } = await openTestDatabase();
  const pool = openPool(url);
  const client = createClient(fromPg(pool));
  const parsers = () => Object.values(types.builtins).map((oid) => types.getTypeParser(Number(oid)));
  const before = parsers();
  const text = "select 1::int8 as n, 1.5::float8 as f, 'epoch'::timestamptz as at";
  const rows = await client.transaction(async (tx) => {
    expect(await tx.createQueue('orders')).toBe(1);
    expect(await tx.send('orders', { payload: 1 })).toBeTypeOf('bigint');
    return await tx.query(text);
  });
  expect(rows).toEqual([{ n: 1, f: '1.5', at: new Date(0) }]);
  expect(rows).toEqual((await pool.query(text)).rows);
  expect(parsers()).toEqual(before);
  await pool.end();
});

test('a pool of which all connections are lent says so', async () => {
  const { url } = await openTestDatabase({ engine: false });
  const pool = new Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 1000 });
  const client = createClient(fromPg(pool));
  const lent = await pool.connect();
  await expect(client.version()).rejects.toThrow('1 of 1 connections in use');
  lent.release();
  await pool.end();
});
