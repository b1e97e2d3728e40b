import { Socket } from 'node:net';
import { escapeIdentifier, Client as PgClient, type PoolConfig } from 'pg';
import type { ConnectOptions } from '../connect-options.ts';
import { ConnectionError } from '../errors/connection-errors.ts';
import { fromConnectError } from '../errors/from-connect-error.ts';
import { Connection } from '../executor/connection.ts';
import type { Parameter } from '../executor/executor.ts';
import { settlesWithin } from '../executor/settles-within.ts';
import { Operations } from '../operations/operations.ts';
import { toPoolOptions } from '../pool-options.ts';

/** The connection below a session. */
interface Wire {
  readonly socket: Socket;
  onNotification(hear: (channel: string, payload: string) => void): void;
  /** Says goodbye to the server. */
  end(): Promise<void>;
}

/**
 * One connection of its own, for what belongs to a session: LISTEN, advisory locks, heartbeats. It is not opened again
 * when it breaks; `closed` says so. Never throws where the caller cannot catch it.
 */
export class Session extends Operations implements AsyncDisposable {
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #connection: Connection;
  readonly #wire: Wire;
  readonly #hearers = new Map<string, (payload: string) => void>();

  /** @internal */
  constructor(connection: Connection, wire: Wire) {
    super(connection);
    this.#connection = connection;
    this.#wire = wire;
    const { socket } = wire;
    this.closed = new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));
    wire.onNotification((channel, payload) => this.#hearers.get(channel)?.(payload));
  }

  /**
   * Has the server parse each statement of the operations once instead of each time. Only on a connection that is proven to
   * be of its own, which one through a pooler in transaction mode is not.
   */
  prepareStatements(): void {
    this.#connection.prepareStatements();
  }

  /** Runs a statement of the application and returns its rows, with the values as `pg` parses them. */
  async query<Result extends object = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Result[]> {
    const rows = await this.#connection.query(text, values as readonly Parameter[], { isParsed: true });
    return rows as unknown as Result[];
  }

  /** Hears what is notified on a channel from now on; what comes meanwhile is heard once this resolves. */
  async listen(channel: string, hear: (payload: string) => void): Promise<void> {
    this.#hearers.set(channel, hear);
    await this.#connection.query(`listen ${escapeIdentifier(channel)}`, []);
  }

  async unlisten(channel: string): Promise<void> {
    this.#hearers.delete(channel);
    await this.#connection.query(`unlisten ${escapeIdentifier(channel)}`, []);
  }

  /** Asks the server for a sign of life, and drops the connection when none comes in time. */
  async ping(timeoutMs: number): Promise<boolean> {
    let isAlive = false;
    const answer = this.#connection.query('select 1', []).then(() => {
      isAlive = true;
    });
    await settlesWithin(answer, timeoutMs);
    if (!isAlive) this.#wire.socket.destroy();
    return isAlive;
  }

  /** Says goodbye to a server that answers, and drops the connection when it does not within a second. */
  async close(): Promise<void> {
    this.#wire.end().catch(() => {});
    await settlesWithin(this.closed, 1000);
    this.#wire.socket.destroy();
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Opens a session; a wrong address or password shows here. The signal ends the attempt, not the session. */
export async function openSession(urlOrOptions: string | ConnectOptions, signal?: AbortSignal): Promise<Session> {
  const options = typeof urlOrOptions === 'string' ? { url: urlOrOptions } : urlOrOptions;
  const { pool, queryTimeoutMs } = toPoolOptions(options);
  const socket = new Socket();
  const pg = new PgClient({ ...pool, stream: () => socket });
  pg.on('error', () => {});
  socket.on('error', () => {});
  const session = new Session(new Connection(pg, queryTimeoutMs), {
    socket,
    onNotification: (hear) => pg.on('notification', ({ channel, payload }) => hear(channel, payload ?? '')),
    end: () => pg.end(),
  });
  await open(pg, socket, pool, signal);
  return session;
}

async function open(pg: PgClient, socket: Socket, asked: PoolConfig, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw new ConnectionError('connection_failed', 'the attempt was ended before it began');
  const giveUp = (): void => void socket.destroy(new Error('the attempt was ended'));
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await pg.connect();
  } catch (error) {
    socket.destroy();
    throw fromConnectError(error, asked);
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
  if (socket.destroyed) throw new ConnectionError('connection_failed', 'the connection was lost while it was opened');
}
