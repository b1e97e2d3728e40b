import type { ConnectionOptions } from 'node:tls';
import type { ClientOptions } from './client-options.ts';

export interface ConnectOptions extends ClientOptions {
  /** `postgresql://user:password@host:port/database?…`; then none of the next six is given. @default the next six */
  readonly url?: string;
  /** Name or address of the server, or the folder of its socket. @default PGHOST, else 'localhost' */
  readonly host?: string;
  /** @default PGPORT, else 5432 */
  readonly port?: number;
  /** @default PGDATABASE, else the name of the user */
  readonly database?: string;
  /** @default PGUSER, else the user of the process */
  readonly user?: string;
  /** A function is asked for each new connection, for passwords that expire. @default PGPASSWORD */
  readonly password?: string | (() => string | Promise<string>);
  /** TLS: `true`, or the options of `node:tls`. @default false */
  readonly ssl?: boolean | ConnectionOptions;
  /** How the connections are called in `pg_stat_activity`. @default 'pgque' */
  readonly applicationName?: string;
  /** Connections open at once at most; more calls wait for a free one. @default 10 */
  readonly maxConnections?: number;
  /** Milliseconds that a call waits for a free or a new connection. @default 10_000 */
  readonly connectTimeoutMs?: number;
  /**
   * Milliseconds that a statement may take; then the connection is dropped and the call rejects with
   * `QueryTimeoutError`. It bounds what a server that is frozen or cut off can hold up. @default 30_000
   */
  readonly queryTimeoutMs?: number;
  /** Milliseconds after which the server cancels a statement, as `statement_timeout`. @default that of the server */
  readonly statementTimeoutMs?: number;
  /** Milliseconds after which an idle connection is closed. @default 10_000 */
  readonly idleTimeoutMs?: number;
}
