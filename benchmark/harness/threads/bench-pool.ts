import { createTicker } from '@pgque/consumer';
import { createPool, type Pool, type PoolOptions } from '@pgque/coop-pool';
import { type Client, connect, install } from 'pgque';

const batchSize = 10_000;

/** A queue with so many events of one type in a database of its own, and a pool of this many threads that handles them. */
export async function withPool<Result>(
  url: string,
  { type, count, ...options }: { readonly type: string; readonly count: number } & Partial<PoolOptions>,
  measure: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  await using client = await connect(url);
  await install(client);
  await client.createQueue('work');
  await client.subscribe('work', 'pool');
  await sendMany(client, type, count);
  await using ticker = createTicker(client);
  await ticker.start();
  const handlers = new URL('./handlers.ts', import.meta.url);
  await using pool = createPool(client, { queue: 'work', name: 'pool', handlers, ...options });
  return await measure(pool);
}

async function sendMany(client: Client, type: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += batchSize) {
    const payloads = Array.from({ length: Math.min(batchSize, count - sent) }, (_, index) => ({
      number: sent + index,
    }));
    await client.sendBatch('work', type, payloads);
  }
}
