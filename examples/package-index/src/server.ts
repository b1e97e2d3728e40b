import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, EmbeddedError, type Server, startServer } from '@pgque/embedded';
import { EnvironmentFailure, startFailure } from './environment-failure.ts';

const databaseName = 'package_index';
const noRoom = 'There is no room left on the disk: free some, or name a folder elsewhere with --data.';

export interface ServerOptions {
  readonly data?: string;
  readonly port?: number;
}

/** The PostgreSQL of this run; with it goes everything it made, unless --data names a folder to keep. */
export class IndexServer implements AsyncDisposable {
  readonly database: Database;
  readonly #server: Server;

  private constructor(server: Server, database: Database) {
    this.#server = server;
    this.database = database;
  }

  static async start(options: ServerOptions, signal: AbortSignal): Promise<IndexServer> {
    let server: Server | undefined;
    try {
      server = await startServer({
        source: 'binaries',
        signal,
        ...(options.port === undefined ? {} : { port: options.port }),
        ...(options.data === undefined ? {} : { dataDirectory: options.data }),
        // Dead tuples are counted at the end: no vacuum shall have taken them away before.
        settings: { autovacuum: false },
      });
      return new IndexServer(server, await openDatabase(server));
    } catch (error) {
      await server?.stop();
      throw error instanceof EmbeddedError ? startFailure(error, options) : error;
    }
  }

  get port(): number {
    return this.#server.port;
  }

  /** Throws when it is no use to try again: the server has ended by itself, or has no room. */
  refuseHopeless(error: unknown): void {
    const isFull = sqlstateOf(error) === '53100';
    if (this.#server.pid !== undefined && !isFull) return;
    const log = this.#lastLogLines();
    if (isFull || log.some((line) => line.includes('No space left on device'))) {
      throw new EnvironmentFailure(noRoom, { cause: error });
    }
    const words = log.length === 0 ? '' : ` Its last words: ${log.at(-1)}`;
    throw new EnvironmentFailure(`PostgreSQL has ended without being asked to.${words}`, { cause: error });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
  }

  #lastLogLines(): string[] {
    const file = join(this.#server.dataDirectory ?? '', 'server.log');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-50) : [];
  }
}

/** That of an earlier run on the same data, if there is one. */
async function openDatabase(server: Server): Promise<Database> {
  try {
    return await server.createDatabase({ name: databaseName });
  } catch (error) {
    if (sqlstateOf(error) !== '42P04') throw error;
    const url = new URL(server.url);
    url.pathname = databaseName;
    const keep = async (): Promise<void> => {};
    return { name: databaseName, url: url.href, drop: keep, [Symbol.asyncDispose]: keep };
  }
}

function sqlstateOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && /^[0-9A-Z]{5}$/.test(cause.code)) return cause.code;
    if ('sqlstate' in cause && typeof cause.sqlstate === 'string') return cause.sqlstate;
  }
  return undefined;
}
