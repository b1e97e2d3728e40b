import type { Major } from './major.ts';

/** Where a server comes from. */
export type ServerSource = 'url' | 'docker' | 'binaries';

/** How `kill()` ends the server; PostgreSQL gives each of these signals its own meaning. */
export type KillSignal = 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL';

export interface StartServerOptions {
  /** @default 17 */
  major?: Major;
  /** @default the first that is there: `url` (from PGQUE_TEST_URL), `docker`, `binaries` */
  source?: ServerSource;
  /** TCP port on 127.0.0.1. @default a free one */
  port?: number;
  /** Kept at stop and used again at the next start. @default a new temporary one, removed at stop */
  dataDirectory?: string;
  /** Whether committed data survive a crash of the machine (fsync). @default true when `dataDirectory` is given */
  durable?: boolean;
  /** Server settings, as in postgresql.conf; they go before the defaults of this package. */
  settings?: Readonly<Record<string, string | number | boolean>>;
  /** How long to wait until the server takes connections. @default 60_000 */
  startTimeoutMs?: number;
  /** Gives up the start and leaves nothing behind. */
  signal?: AbortSignal;
}

export interface CreateDatabaseOptions {
  /** @default a new random one */
  name?: string;
  /** The database to copy; nobody may be connected to it. @default `template1` */
  template?: string;
}

export interface Database extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** Ends its sessions and drops it; a second call does nothing. */
  drop(): Promise<void>;
}

export interface Server extends AsyncDisposable {
  /** Of the superuser, in the database `postgres`. */
  readonly url: string;
  readonly major: Major;
  readonly source: ServerSource;
  readonly port: number;
  /** The postmaster; `undefined` while it is down and when it is not ours. */
  readonly pid: number | undefined;
  /** `undefined` when it is not ours. */
  readonly dataDirectory: string | undefined;
  createDatabase(options?: CreateDatabaseOptions): Promise<Database>;
  /**
   * Ends the server and keeps its data for `start()`. SIGKILL ends the postmaster and all its children at once, as a
   * crash of the machine does; SIGQUIT is PostgreSQL's immediate, SIGINT its fast and SIGTERM its smart shutdown.
   * @default 'SIGKILL'
   */
  kill(signal?: KillSignal): Promise<void>;
  /** Starts again after `kill()` or a crash, with the same data on the same port. */
  start(): Promise<void>;
  /** Ends the server for good and removes a temporary data directory; a second call does nothing. */
  stop(): Promise<void>;
}
