import { closeAtEndOfFile } from '@pgque/testing';
import type { PoolClient } from 'pg';
import { type Client, createClient, type Executor, type PgqueError } from 'pgque';
import { fromPg } from 'pgque/pg';
import { openPool } from '../../../client/test/open-pool.ts';
import { LogBook } from '../log-book.ts';

/** A client that tells which functions of the engine were called outside transactions, and can be made to fail. */
export interface WatchedClient {
  readonly client: Client<PoolClient>;
  readonly log: LogBook;
  /** The names of the functions, in the order of the calls. */
  readonly calls: readonly string[];
  /** What calls of this function reject with from now on, instead of being sent; nothing to let them pass again. */
  fail(name: string, error?: PgqueError): void;
}

/** On a pool of the application's own, without a direct connection; closed at the end of the file. */
export function openWatchedClient(url: string): WatchedClient {
  const pool = openPool(url);
  const executor = fromPg(pool);
  const calls: string[] = [];
  const failures = new Map<string, PgqueError>();
  const watched: Executor<PoolClient> = {
    query: async (text, values, options) => {
      const [, name = ''] = /\bpgque\.(\w+)\(/.exec(text) ?? [];
      calls.push(name);
      const failure = failures.get(name);
      if (failure) throw failure;
      return await executor.query(text, values, options);
    },
    transaction: (work) => executor.transaction(work),
    close: (timeoutMs) => executor.close(timeoutMs),
  };
  const log = new LogBook();
  const client = createClient(watched, { logger: log });
  closeAtEndOfFile({
    async [Symbol.asyncDispose]() {
      await client.close();
      await pool.end();
    },
  });
  return {
    client,
    log,
    calls,
    fail: (name, error) => void (error ? failures.set(name, error) : failures.delete(name)),
  };
}
