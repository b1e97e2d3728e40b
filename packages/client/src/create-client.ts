import { Client } from './client.ts';
import type { ClientOptions } from './client-options.ts';
import type { Executor } from './executor/executor.ts';

/** A client on connections of the application; each adapter, such as `pgque/drizzle`, makes the executor for one library. */
export function createClient<Native>(executor: Executor<Native>, options: ClientOptions = {}): Client<Native> {
  return new Client(executor, options);
}
