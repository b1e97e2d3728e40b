import { Client } from './client.ts';
import type { ConnectOptions } from './connect-options.ts';
import { openPool } from './executor/open-pool.ts';
import type { PgQueryable } from './executor/pg-queryable.ts';
import { toPoolOptions } from './pool-options.ts';

/** Opens a client and its first connection, so that a wrong address or password shows here. */
export async function connect(urlOrOptions: string | ConnectOptions): Promise<Client<PgQueryable>> {
  const options = typeof urlOrOptions === 'string' ? { url: urlOrOptions } : urlOrOptions;
  const pool = openPool(toPoolOptions(options));
  try {
    await pool.query('select 1', []);
  } catch (error) {
    await pool.close();
    throw error;
  }
  return new Client(pool, { ...options, direct: options.direct ?? options });
}
