import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, EmbeddedError, type Server, startServer } from '@pgque/embedded';
import { EnvironmentFailure, startFailure } from './environment-failure.ts';
import { printable } from './printable.ts';

const databaseName = 'package_index';
const diskFull = '53100';
const duplicateDatabase = '42P04';
const noRoom = 'There is no room left on the disk: free some, or name a folder elsewhere with --data.';

export interface ServerOptions {
  readonly data?: string;
  readonly port?: number;
}

/** The PostgreSQL of this run; with it goes everything it made, unless --data names a folder to keep. */
export class IndexServer implements AsyncDisposable {
  readonly database: Database;
  readonly #server: Server;
  /** Where in the log this run begins; what stands before it is of an earlier one. */
  readonly #logStart: number;

  private constructor(server: Server, database: Database, logStart: number) {
    this.#server = server;
    this.database = database;
    this.#logStart = logStart;
  }

  static async start(options: ServerOptions, signal: AbortSignal): Promise<IndexServer> {
    refuseUnlessFolder(options.data);
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
      return new IndexServer(server, await openDatabase(server), readLog(server).length);
    } catch (error) {
      await server?.stop();
      throw error instanceof EmbeddedError ? startFailure(error, options) : error;
    }
  }

  get port(): number {
    return this.#server.port;
  }

  /** Throws when it is no use to try again: the server has no room, or has ended by itself. */
  refuseHopeless(error: unknown): void {
    const log = this.#logLines();
    if (sqlstateOf(error) === diskFull || log.some((line) => line.includes('No space left on device'))) {
      throw new EnvironmentFailure(noRoom, { cause: error });
    }
    if (this.#server.pid !== undefined) return;
    const words = log.length === 0 ? '' : ` Its last words: ${log.at(-1)}`;
    throw new EnvironmentFailure(`PostgreSQL has ended without being asked to.${words}`, { cause: error });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
  }

  #logLines(): string[] {
    const log = readLog(this.#server);
    return log.subarray(this.#logStart).toString('utf8').trim().split('\n').filter(Boolean);
  }
}

function readLog({ dataDirectory = '' }: Server): Buffer {
  const file = join(dataDirectory, 'server.log');
  return existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
}

function refuseUnlessFolder(path: string | undefined): void {
  if (path === undefined || (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true)) return;
  throw new EnvironmentFailure(`--data ${printable(path)}: it is not a folder.`);
}

/** That of an earlier run on the same data, if there is one. */
async function openDatabase(server: Server): Promise<Database> {
  try {
    return await server.createDatabase({ name: databaseName });
  } catch (error) {
    if (sqlstateOf(error) !== duplicateDatabase) throw error;
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
