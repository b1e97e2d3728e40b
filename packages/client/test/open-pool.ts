import { Pool } from 'pg';

/** A pool as an application should have it: an error of a connection ends neither it nor the process. */
export function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url });
  pool.on('error', () => {});
  pool.on('connect', (connection) => connection.on('error', () => {}));
  return pool;
}
