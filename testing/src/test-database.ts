import type { Database, Major } from '@pgque/embedded';
import { type Client, escapeIdentifier } from 'pg';
import { connectClient } from './test-client.ts';

export type Row = Record<string, unknown>;

/** A database of its own, with everything that was opened on it closed at the end. */
export class TestDatabase implements AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly major: Major;
  /** URL of the server's superuser, in the database `postgres`. */
  readonly serverUrl: string;
  readonly #database: Database;
  readonly #clients = new Set<Client>();
  #main: Promise<Client> | undefined;

  constructor(database: Database, server: { major: Major; url: string }) {
    this.name = database.name;
    this.url = database.url;
    this.major = server.major;
    this.serverUrl = server.url;
    this.#database = database;
  }

  /** Runs one statement on the one connection that all calls of `query` share, and answers its rows. */
  async query<R extends object = Row>(text: string, values: unknown[] = []): Promise<R[]> {
    const client = await this.#connectMain();
    // Without values the simple protocol is used, which takes several statements at once.
    const result = values.length === 0 ? await client.query<R & Row>(text) : await client.query<R & Row>(text, values);
    const last = Array.isArray(result) ? result.at(-1) : result;
    return last?.rows ?? [];
  }

  /** A connection that broke, say with its server, is replaced at the next call. */
  #connectMain(): Promise<Client> {
    const forget = (): void => {
      this.#main = undefined;
    };
    this.#main ??= this.connect().then(
      (client) => client.once('end', forget),
      (error) => {
        forget();
        throw error;
      },
    );
    return this.#main;
  }

  /** Opens another connection; it is closed with the database. */
  async connect(): Promise<Client> {
    const client = await connectClient(this.url);
    this.#clients.add(client);
    client.once('end', () => this.#clients.delete(client));
    return client;
  }

  /** Another connection, which has taken this role. */
  async role(name: string): Promise<Client> {
    const client = await this.connect();
    await client.query(`set role ${escapeIdentifier(name)}`);
    return client;
  }

  /** Closes what is open and drops the database. */
  async drop(): Promise<void> {
    // A connection whose backend was terminated may never say goodbye; the drop ends all sessions anyway.
    const clients = [...this.#clients];
    await this.#database.drop();
    await Promise.allSettled(clients.map((client) => client.end()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.drop();
  }
}
