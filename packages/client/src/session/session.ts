import { once } from 'node:events';
import { Socket } from 'node:net';
import { Client as PgClient } from 'pg';
import type { ConnectOptions } from '../connect-options.ts';
import { ConnectionError } from '../errors/connection-errors.ts';
import { fromDriverError } from '../errors/from-driver-error.ts';
import { Connection } from '../executor/connection.ts';
import { settlesWithin } from '../executor/settles-within.ts';
import { Operations } from '../operations/operations.ts';
import { toPoolOptions } from '../pool-options.ts';

/**
 * One connection of its own, for what belongs to a session: LISTEN, advisory locks, heartbeats. It is not opened again
 * when it breaks; `closed` says so. Never throws where the caller cannot catch it.
 */
export class Session extends Operations implements AsyncDisposable {
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #pg: PgClient;
  readonly #socket: Socket;
  readonly #connection: Connection;
  readonly #listeners = new Map<string, (payload: string) => void>();

  /** @internal */
  constructor(pg: PgClient, socket: Socket, connection: Connection) {
    super(connection);
    this.#pg = pg;
    this.#socket = socket;
    this.#connection = connection;
    this.closed = socket.closed ? Promise.resolve() : once(socket, 'close').then(() => {});
    pg.on('notification', ({ channel, payload }) => this.#listeners.get(channel)?.(payload ?? ''));
  }

  /** Hears what is notified on a channel from now on; what comes meanwhile is heard once this resolves. */
  async listen(channel: string, hear: (payload: string) => void): Promise<void> {
    this.#listeners.set(channel, hear);
    await this.#connection.query(`listen ${this.#pg.escapeIdentifier(channel)}`, []);
  }

  async unlisten(channel: string): Promise<void> {
    this.#listeners.delete(channel);
    await this.#connection.query(`unlisten ${this.#pg.escapeIdentifier(channel)}`, []);
  }

  /** Asks the server for a sign of life, and drops the connection when none comes in time. */
  async ping(timeoutMs: number): Promise<boolean> {
    const isAlive = await this.#connection.query('select 1', [], { timeoutMs }).then(
      () => true,
      () => false,
    );
    if (!isAlive) this.#socket.destroy();
    return isAlive;
  }

  /** Says goodbye to a server that answers, and drops the connection when it does not within a second. */
  async close(): Promise<void> {
    this.#pg.end().catch(() => {});
    await settlesWithin(this.closed, 1000);
    this.#socket.destroy();
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Opens a session; a wrong address or password shows here. */
export async function openSession(urlOrOptions: string | ConnectOptions): Promise<Session> {
  const options = typeof urlOrOptions === 'string' ? { url: urlOrOptions } : urlOrOptions;
  const { pool, queryTimeoutMs } = toPoolOptions(options);
  const socket = new Socket();
  const pg = new PgClient({ ...pool, stream: () => socket });
  pg.on('error', () => {});
  socket.on('error', () => {});
  const connection = new Connection(pg, queryTimeoutMs);
  const session = new Session(pg, socket, connection);
  try {
    await pg.connect();
  } catch (error) {
    socket.destroy();
    throw fromDriverError(error, 'connection_failed');
  }
  if (!socket.destroyed) return session;
  throw new ConnectionError('connection_failed', 'the connection was lost while it was opened');
}
