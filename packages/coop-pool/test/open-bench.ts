import { createTicker, fixed } from '@pgque/consumer';
import { closeAtEndOfFile, openTestDatabase } from '@pgque/testing';
import { connect, type Logger, type Message } from 'pgque';
import { createPool, type Pool, type PoolOptions } from '../src/index.ts';

/** A message that was handled, and what its handler returned. */
export interface Handled {
  readonly message: Message;
  readonly result: unknown;
}

/** A database of the file's own that is ticked, and what was logged by all that works on it. */
export async function openBench() {
  const { url } = await openTestDatabase();
  const warnings: { readonly message: string; readonly details: object | undefined }[] = [];
  const note = (message: string, details?: object): void => void warnings.push({ message, details });
  const logger: Logger = { debug() {}, info() {}, warn: note, error: note };
  const client = closeAtEndOfFile(await connect({ url, logger }));
  const ticker = closeAtEndOfFile(createTicker(client));
  await ticker.start();
  /** A new queue with these events, for a pool that begins at its beginning. */
  const openQueue = async (queue: string, events: readonly { type: string; payload?: unknown }[] = []) => {
    await client.createQueue(queue);
    await client.subscribe(queue, 'worker');
    if (events.length > 0)
      await client.sendBatch(
        queue,
        events.map(({ type, payload = null }) => ({ type, payload })),
      );
  };
  return { url, client, warnings, openQueue };
}

/** The file of handlers of this name, beside this one. */
export function handlersFile(name: string): URL {
  return new URL(`./handlers/${name}`, import.meta.url);
}

/** A pool of two threads with the handlers of `acting.ts`, unless said otherwise, and what it has handled. */
export function openPool(
  client: Parameters<typeof createPool>[0],
  queue: string,
  options: Partial<PoolOptions> = {},
): { readonly pool: Pool; readonly handled: Handled[] } {
  const handled: Handled[] = [];
  const pool = createPool(client, {
    queue,
    name: 'worker',
    threads: 2,
    handlers: handlersFile('acting.ts'),
    retry: fixed('1ms'),
    onResult: (message, result) => void handled.push({ message, result }),
    ...options,
  });
  return { pool: closeAtEndOfFile(pool), handled };
}
