import { openTestDatabase } from '@pgque/testing';
import { afterAll } from 'vitest';
import { type ConnectOptions, connect } from '../src/index.ts';

/** A database of the file's own with a client on it; both are closed at the end of the file. */
export async function openTestClient(options: Omit<ConnectOptions, 'url'> = {}) {
  const database = await openTestDatabase();
  const client = await connect({ ...options, url: database.url });
  afterAll(() => client.close());
  return { database, client };
}
