import type { AnyQueue } from '@pgque/consumer';
import type { Client } from 'pgque';
import { Pool } from './pool.ts';
import type { PoolOptions } from './pool-options.ts';

/** A consumer whose handlers run in threads: `createPool(client, { queue: 'images', name: 'resize', threads: 4, handlers })`. */
export function createPool<const Queue extends AnyQueue, Native = unknown>(
  client: Client<Native>,
  options: PoolOptions<Queue>,
): Pool<Queue> {
  return new Pool(client as Client, options);
}
