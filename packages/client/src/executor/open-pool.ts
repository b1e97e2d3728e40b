import { Socket } from 'node:net';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { PoolExecutor } from './pool-executor.ts';
import { settlesWithin } from './settles-within.ts';

export interface PoolOptions {
  readonly pool: PoolConfig;
  readonly queryTimeoutMs: number;
  readonly closeTimeoutMs: number;
}

/** A pool of our own. Its sockets are ours as well, so that closing it leaves none, whatever the server does. */
export function openPool({ pool: config, queryTimeoutMs, closeTimeoutMs }: PoolOptions): PoolExecutor<PoolClient> {
  const sockets = new Set<Socket>();
  const openSocket = (): Socket => {
    const socket = new Socket();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const pool = new Pool({ ...config, stream: openSocket });
  // What breaks while it is idle is dropped by the pool; what is in use reports to the call that uses it.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));

  const endPool = async (graceMs: number): Promise<void> => {
    pool.end().catch(ignore);
    const closed = Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    // A server that is alive answers a goodbye at once; one that is not must not keep the process.
    if (graceMs > 0) await settlesWithin(closed, Math.min(graceMs, 1000));
    for (const socket of sockets) socket.destroy();
    await settlesWithin(closed, 1000);
  };
  return new PoolExecutor(pool, { queryTimeoutMs, closeTimeoutMs, endPool });
}

function ignore(): void {}
